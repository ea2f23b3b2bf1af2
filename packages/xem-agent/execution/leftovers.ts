// Programs that outlived their agent. Where nothing else ends them with it (systemd does, a
// container does), the next process of the same agent must: a call that is reported as interrupted
// must not go on unseen.
import { readdirSync, readFileSync } from 'node:fs'

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
export function endLeftovers(journalId: string): MarkedProgram[] {
  return programsOf(journalId).filter(({ pid }) => endNow(pid))
}

/**
 * Every process with this journal in its environment. Reads all of /proc at once: where there is
 * none, it finds nothing.
 */
export function programsOf(journalId: string): MarkedProgram[] {
  const mark = `${journalVariable}=${journalId}`
  return processIds().flatMap((pid) => {
    const environment = environmentOf(pid)
    if (!environment.includes(mark)) return []
    const marked = (name: string) => environment.find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1)
    return [{ pid, executionId: marked(executionVariable), attempt: Number(marked(attemptVariable)) }]
  })
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
