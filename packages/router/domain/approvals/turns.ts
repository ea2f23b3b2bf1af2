import { perProject } from '../per-project.ts'

/**
 * What asks for approvals of a project is done one after the other: each request counts what those
 * before it left waiting, and is stored under the policy that decides then.
 */
export const approvalTurns = perProject(() => {
  let last: Promise<unknown> = Promise.resolve()
  return <T>(work: () => Promise<T>): Promise<T> => {
    const done = last.then(work)
    last = done.catch(() => undefined)
    return done
  }
})
