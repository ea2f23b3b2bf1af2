// Programs that outlived their agent. Where nothing else ends them with it (systemd does, a container does), the next
// process of the same agent must: a call that is reported as interrupted must not go on unseen.
import { readdirSync, readFileSync } from 'node:fs'

/** In the environment of every program of an agent: the id of its journal, which only one process can hold. */
export const journalVariable = 'XEROTIER_XEM_JOURNAL'
export const executionVariable = 'XEROTIER_EXECUTION_ID'

/** SIGKILLs every process that an earlier process of the agent with this journal left. Call it before anything is started. */
export function endLeftovers(journalId: string): { pid: number; executionId: string | undefined }[] {
  const mark = `${journalVariable}=${journalId}`
  return processIds().flatMap((pid) => {
    const environment = environmentOf(pid)
    if (!environment.includes(mark)) return []
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      return []
    }
    const executionId = environment.find((one) => one.startsWith(`${executionVariable}=`))?.split('=')[1]
    return [{ pid, executionId }]
  })
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
