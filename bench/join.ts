// From a join key to an agent that the router calls healthy.
import type { Bench } from './bench.ts'
import { median, quantile } from './closed-loop.ts'
import type { Report } from './figure.ts'
import { nodeStarts } from './node-starts.ts'
import { logLine, startAgent, untilHealthy } from './system.ts'

const rounds = 5

export async function measureJoin(bench: Bench): Promise<Report> {
  const { router } = await bench.system()
  const whole: number[] = []
  const fromUp: number[] = []
  for (let round = 0; round < rounds; round++) {
    const minted = Date.now()
    const agent = await startAgent(bench.cleanup, router, `bench-join-${round}`)
    await untilHealthy(router, agent)
    const healthy = Date.now()
    whole.push(healthy - minted)
    // Its first line of log: the program is loaded and has its keys.
    fromUp.push(healthy - Date.parse(logLine(agent.log, 'keys ready')!.time!))
    await agent.process.stop()
    await router.client.call('agents.delete', { params: { id: agent.name } })
  }
  const floor = { value: nodeStarts(5), of: 'node -e 0' }
  return {
    figures: [
      {
        name: 'join key minted -> healthy, median',
        value: median(whole),
        unit: 'ms',
        floor,
        target: { atMost: 1_000 },
      },
      { name: 'join key minted -> healthy, worst', value: quantile(whole, 1), unit: 'ms', floor },
      { name: '  of which from the first line of its log', value: median(fromUp), unit: 'ms' },
    ],
  }
}
