// An agent with as many tools as the largest MCP servers have, and with more than it can offer.
import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { until } from '@xerotier/devkit/faults/until.ts'
import { startSystem } from '@xerotier/devkit/system.ts'
import { limits } from '@xerotier/protocol/limits.ts'

const nameOf = (index: number) => `t_${String(index).padStart(4, '0')}`
const tool = (index: number) =>
  `  - { name: ${nameOf(index)}, description: Says it., risk: read, command: [echo, '${index}'], input_schema: { type: object, additionalProperties: false, properties: {} } }`

function writeBundle(folder: string, count: number): void {
  const dir = join(folder, 'many')
  mkdirSync(dir, { recursive: true })
  const tools = Array.from({ length: count }, (_, index) => tool(index)).join('\n')
  writeFileSync(join(dir, 'bundle.yaml'), `name: many\nversion: '1'\ndomain: d\ntools:\n${tools}\n`)
}

test('two thousand tools are published, listed page by page, and called; what is beyond the limit is named', {
  timeout: 240_000,
}, async () => {
  const system = await startSystem()
  try {
    const agent = await system.addAgent()
    await system.addWorkspace('lab', 'generic', [agent])
    const show = () => system.client.call('agents.show', { params: { id: agent.name } })
    const offers = (count: number) =>
      until(`${count} tools`, async () => {
        const shown = await show()
        return shown.tools.filter(({ bundle }) => bundle === 'many').length === count ? shown : undefined
      })
    writeBundle(agent.tools, 2_000)
    await agent.agent.reload()
    assert.equal((await offers(2_000)).degraded_reason, null)
    const listed = new Set<string>()
    for (let after: string | undefined; ; ) {
      const page = await system.client.call('tools.list', { query: { workspace: 'lab', limit: 100, after } })
      for (const { name } of page.data) listed.add(name)
      if (!page.has_more) break
      after = page.last_id ?? undefined
    }
    for (let index = 0; index < 2_000; index++) assert.ok(listed.has(nameOf(index)), nameOf(index))
    const ended = await system.run('lab', nameOf(1_999))
    assert.equal(ended.state, 'completed')
    const output = await system.client.call('executions.show', { params: { id: ended.id } })
    assert.equal(output.stdout.trim(), '1999')

    const own = (await show()).tools.length - 2_000
    writeBundle(agent.tools, limits.toolsPerManifest + 100)
    await agent.agent.reload()
    const kept = limits.toolsPerManifest - own
    const leftOut = ({ bundles }: Awaited<ReturnType<typeof show>>) =>
      bundles.find(({ name }) => name === 'many')?.left_out ?? []
    const shown = await until('less than all', async () => {
      const now = await show()
      return now.degraded_reason === null || leftOut(now).length === 0 ? undefined : now
    })
    assert.equal(shown.health, 'degraded')
    assert.match(shown.degraded_reason ?? '', /bundle many leaves out t_\d+ and others: /)
    assert.ok(shown.tools.length > 2_000 && shown.tools.length <= kept + own)
    assert.match(leftOut(shown)[0]?.reason ?? '', /4096 tools at most|bytes of the manifest/)
    const [inList] = (await system.client.call('agents.list', { query: {} })).data
    assert.equal(inList?.degraded_reason, shown.degraded_reason)
    assert.equal((await system.run('lab', nameOf(1_000))).state, 'completed')
  } finally {
    await system.stop()
  }
})
