import { spawnSync } from 'node:child_process'
import { median } from './closed-loop.ts'

/**
 * Median wall time of a Node that does `argv` (nothing unless told), ms.
 * @param envOf the environment of each round, when it is not ours
 * @throws when it fails
 */
export function nodeStarts(
  rounds: number,
  argv: readonly string[] = ['-e', '0'],
  envOf?: (round: number) => NodeJS.ProcessEnv,
): number {
  const times: number[] = []
  // The first run finds the disk cold.
  for (let round = 0; round <= rounds; round++) {
    const env = envOf?.(round) ?? process.env
    const from = performance.now()
    const { status, stdout, stderr } = spawnSync(process.execPath, argv, { encoding: 'utf8', env })
    if (status !== 0) throw new Error(`node ${argv.join(' ')}: ${stderr}`)
    if (envOf !== undefined && stdout === '') throw new Error(`node ${argv.join(' ')} said nothing`)
    if (round > 0) times.push(performance.now() - from)
  }
  return median(times)
}
