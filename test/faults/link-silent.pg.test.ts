// A link falls silent: nothing is refused, nothing arrives. The router finds out by heartbeats of
// ZeroMQ, in real time: by its own clock, which stands still, the lease would live for ever.
import { after, before, test } from 'node:test'
import { type AgentForTests, startAgentForTests } from '@xerotier/devkit/agent-for-tests.ts'
import { type CutProxy, startCutProxy } from '@xerotier/devkit/faults/cut-proxy.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import { type RouterForTests, startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import { settableClock } from '@xerotier/devkit/settable-clock.ts'

let system: RouterForTests
let proxy: CutProxy
let agent: AgentForTests

before(async () => {
  system = await startRouterForTests({ clock: settableClock(Date.now()) })
  proxy = await startCutProxy(system.router.dataPlane)
  system.router.core.announcedAddress = proxy.address
  agent = await startAgentForTests(system.client, { name: 'silent-xem' })
})
after(async () => {
  proxy.heal()
  await agent.stop()
  await system.stop()
  await proxy.close()
})

const online = () => system.router.core.fleet.get(system.projectId, agent.agent.agentId)

test('an agent that fell silent is not taken for reachable, although its lease lives', {
  timeout: 180_000,
}, async () => {
  const { reported } = await until('the agent to be online', online)
  // Heartbeats have passed by then.
  await until('a renewal', () => (online()?.reported === reported ? undefined : true))
  proxy.freeze()
  const nobody = () => {
    online()?.send({ t: 'pause', paused: [] })
    return online() === undefined ? true : undefined
  }
  await until('a frame to it to find nobody', nobody, 120_000)
})
