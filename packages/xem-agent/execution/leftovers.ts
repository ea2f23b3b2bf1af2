// Programs that outlived their agent. Where nothing else ends them with it (systemd does, a
// container does), the next process of the same agent must: a call that is reported as interrupted
// must not go on unseen.
import { execFile } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import type { ToolsUser } from './tools-user.ts'

/**
 * In the environment of every program of an agent: the id of its journal, which only one process
 * can hold.
 */
export const journalVariable = 'XEROTIER_XEM_JOURNAL'
export const executionVariable = 'XEROTIER_EXECUTION_ID'
/**
 * Beside the execution: its next attempt may start while the processes of a forgotten one are still
 * ending.
 */
export const attemptVariable = 'XEROTIER_EXECUTION_ATTEMPT'

export interface MarkedProgram {
  pid: number
  executionId: string | undefined
  attempt: number
}

/**
 * SIGKILLs every process that an earlier process of the agent with this journal left. Call it
 * before anything is started.
 */
export async function endLeftovers(journalId: string, user: ToolsUser | undefined): Promise<MarkedProgram[]> {
  return (await programsOf(journalId, user)).filter(({ pid }) => endNow(pid))
}

/**
 * Every process with this journal in its environment: those of the agent's user, and those of the
 * user that its tools run as. Reads all of /proc: where there is none, it finds nothing.
 */
export async function programsOf(journalId: string, user: ToolsUser | undefined): Promise<MarkedProgram[]> {
  const mark = `${journalVariable}=${journalId}`
  const pids = processIds()
  const theirs = user === undefined ? [] : pids.filter((pid) => isOf(user, pid))
  const own = pids.filter((pid) => !theirs.includes(pid)).map((pid) => ({ pid, environment: environmentOf(pid) }))
  const others = user === undefined || theirs.length === 0 ? [] : await environmentsOf(user, theirs)
  return [...own, ...others].flatMap(({ pid, environment }) => {
    if (!environment.includes(mark)) return []
    const marked = (name: string) => environment.find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1)
    return [{ pid, executionId: marked(executionVariable), attempt: Number(marked(attemptVariable)) }]
  })
}

/**
 * The marks in the environments of its processes, which only itself may read: an agent that is not
 * root has no right to.
 */
async function environmentsOf(user: ToolsUser, pids: readonly number[]) {
  const files = pids.map((pid) => `/proc/${pid}/environ`)
  const marks = [journalVariable, executionVariable, attemptVariable].flatMap((name) => ['-e', `^${name}=`])
  const { program, argv } = user.start('grep', ['--null-data', '--text', '--with-filename', '--no-messages', ...marks])
  const options = { encoding: 'latin1', cwd: '/', maxBuffer: 64 * 1024 * 1024 } as const
  const lines = await new Promise<string[]>((found) => {
    // Its exit code says no more than that one of them ended meanwhile.
    execFile(program, [...argv, '--', ...files], options, (_, stdout) => found(stdout.split('\0')))
  })
  const environments = new Map<number, string[]>()
  for (const line of lines) {
    const [, pid, mark] = /^\/proc\/(\d+)\/environ:(.*)$/s.exec(line) ?? []
    if (mark !== undefined) environments.set(Number(pid), [...(environments.get(Number(pid)) ?? []), mark])
  }
  return [...environments].map(([pid, environment]) => ({ pid, environment }))
}

function isOf(user: ToolsUser, pid: number): boolean {
  try {
    return statSync(`/proc/${pid}`).uid === user.uid
  } catch {
    return false
  }
}

/** Whether it was there to be ended. */
export function endNow(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL')
  } catch {
    return false
  }
}

function processIds(): number[] {
  try {
    return readdirSync('/proc')
      .map(Number)
      .filter((pid) => pid > 1 && pid !== process.pid)
  } catch {
    return []
  }
}

/** Empty for a process of somebody else, or one that has just ended. */
function environmentOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0')
  } catch {
    return []
  }
}
