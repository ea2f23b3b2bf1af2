import assert from 'node:assert/strict'
import { networkInterfaces } from 'node:os'
import { test } from 'node:test'
import { createLog } from '@xerotier/runtime/log.ts'
import { startSystem } from './system.ts'

const without = Object.values(networkInterfaces()).some((one) => one?.some(({ address }) => address === '::1'))
  ? false
  : 'this host has no ::1'

test('router and agent meet over IPv6, and at level trace the agent says which frames it sent and got', {
  skip: without,
}, async () => {
  const system = await startSystem({ dataPlane: { address: 'tcp://[::1]:0' } })
  try {
    assert.match(system.router.router.dataPlane, /^tcp:\/\/\[::1\]:\d+$/)
    const lines: string[] = []
    const log = createLog({ level: 'trace', name: 'agent', destination: { write: (line) => void lines.push(line) } })
    const agent = await system.addAgent({ log })
    await system.addWorkspace('six', 'generic', [agent])
    const { id, state } = await system.run('six', 'bench_echo', { size: 1 })
    assert.equal(state, 'completed')
    const frames = lines.flatMap((line) => (JSON.parse(line) as { frames?: string[] }).frames ?? [])
    for (const frame of ['challenge', 'proof', 'welcome', `dispatch ${id}/1`, `result ${id}/1`])
      assert.ok(frames.includes(frame), `${frame} in ${frames}`)
  } finally {
    await system.stop()
  }
})
