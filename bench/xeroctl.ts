// How long a command of the CLI takes before it has done anything, and what Tab waits for.
import { join } from 'node:path'
import { cleanEnvironment } from '../scripts/start/child.ts'
import { clone } from '../scripts/start/state.ts'
import type { Bench } from './bench.ts'
import type { Report } from './figure.ts'
import { nodeStarts } from './node-starts.ts'

const rounds = 20

export async function measureXeroctl(bench: Bench): Promise<Report> {
  const { router } = await bench.system()
  const program = join(clone, 'packages/xeroctl/bin/xeroctl.js')
  const floor = { value: nodeStarts(rounds), of: 'node -e 0' }
  const version = nodeStarts(rounds, [program, '--version'])
  const offers = nodeStarts(rounds, [program, '__offers', 'workspaces', 'exec', 'list', '--workspace'], (round) => ({
    ...cleanEnvironment(process.env),
    XEROTIER_BASE_URL: router.baseUrl,
    XEROTIER_API_KEY: router.apiKey,
    // What was offered lately would be offered again without asking.
    XDG_CACHE_HOME: join(bench.folder, `offers-${round}`),
    NODE_COMPILE_CACHE: join(bench.folder, 'compiled'),
  }))
  return {
    figures: [
      { name: 'xeroctl --version, median', value: version, unit: 'ms', floor, target: { atMost: 100 } },
      { name: 'a completion with live values, median', value: offers, unit: 'ms', floor, target: { atMost: 150 } },
    ],
  }
}
