import { spawnSync } from 'node:child_process'
import { median } from './closed-loop.ts'

/** Median wall time of a Node that does `argv` (nothing unless told), ms. @throws when it fails */
export function nodeStarts(rounds: number, argv: readonly string[] = ['-e', '0']): number {
  const times: number[] = []
  // The first run finds the disk cold.
  for (let round = 0; round <= rounds; round++) {
    const from = performance.now()
    const { status, stderr } = spawnSync(process.execPath, argv, { encoding: 'utf8' })
    if (status !== 0) throw new Error(`node ${argv.join(' ')}: ${stderr}`)
    if (round > 0) times.push(performance.now() - from)
  }
  return median(times)
}
