/**
 * What this thread has computed so far, in milliseconds: how long something takes, on a machine
 * that is busy with other things too.
 */
export function threadMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}
