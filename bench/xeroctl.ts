// How long a command of the CLI takes before it has done anything.
import { join } from 'node:path'
import { clone } from '../scripts/start/state.ts'
import type { Report } from './figure.ts'
import { nodeStarts } from './node-starts.ts'

const rounds = 10

export async function measureXeroctl(): Promise<Report> {
  const program = join(clone, 'packages/xeroctl/bin/xeroctl.js')
  const value = nodeStarts(rounds, [program, '--version'])
  const floor = { value: nodeStarts(rounds), of: 'node -e 0' }
  return { figures: [{ name: 'xeroctl --version, median', value, unit: 'ms', floor, target: { atMost: 100 } }] }
}
