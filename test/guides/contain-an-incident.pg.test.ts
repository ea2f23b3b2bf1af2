// The containment part of an incident, as written: two hosts serve the workspace, one of them is
// suspect, and a tool hangs.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { AgentForTests } from '@xerotier/devkit/agent-for-tests.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import { type System, startSystem } from '@xerotier/devkit/system.ts'
import { path, walkGuide } from './walk.ts'

const workspace = 'kubernetes-prod'
const home = mkdtempSync(join(tmpdir(), 'xerotier-guide-'))
/** Says where it is, and goes on in a child. */
const program = '#!/bin/sh\necho step one\nsleep 600 &\nwait\n'
const bundle = `
name: ops
version: "1"
description: What hangs
domain: test
tools:
  - name: rollout
    description: Rolls something out, for a long time
    risk: write
    input_schema: { type: object, properties: {}, additionalProperties: false }
    timeout_ms: 600000
    command: [./rollout]
  - name: look
    description: Looks
    risk: read
    input_schema: { type: object, properties: {}, additionalProperties: false }
    command: [echo, seen]
`
let system: System
const agents: AgentForTests[] = []
before(async () => {
  system = await startSystem()
  for (const name of ['xem-01', 'xem-02']) {
    const agent = await system.addAgent({
      name,
      env: { XEM_SHIPPED_BUNDLES: '' },
      prepare({ tools }) {
        mkdirSync(join(tools, 'ops'))
        writeFileSync(join(tools, 'ops', 'bundle.yaml'), bundle)
        writeFileSync(join(tools, 'ops', 'rollout'), program, { mode: 0o755 })
      },
    })
    agents.push(agent)
  }
  await system.addWorkspace(workspace, 'generic', agents)
})
after(async () => {
  await system?.stop()
  rmSync(home, { recursive: true, force: true })
})

const show = (id: string) => system.client.call('executions.show', { params: { id } })
const inState = (id: string, state: string) =>
  until(`the call to be ${state}`, async () => {
    const call = await show(id)
    return call.state === state ? call : undefined
  })

test('an incident is contained and resumed, command by command', async (t) => {
  const env = {
    PATH: path,
    HOME: home,
    XEROTIER_BASE_URL: `${system.client.origin}/demo/v1`,
    XEROTIER_API_KEY: system.router.apiKey,
  }
  const walk = walkGuide('contain-an-incident.md', { workstation: { cwd: home, env } })
  t.after(() => walk.stop())
  const hanging = await system.ask(workspace, 'rollout')
  const running = await until('its first output', async () => {
    const call = await show(hanging.id)
    return call.stdout === '' ? undefined : call
  })
  const [busy, idle] = running.agent === 'xem-01' ? ['xem-01', 'xem-02'] : ['xem-02', 'xem-01']
  Object.assign(walk.values, {
    ...{ 'agent-id': busy, suspect: idle, workspace, tool: 'rollout' },
    ...{ 'execution-id': hanging.id, incident: 'INC-42' },
  })

  assert.match((await walk.run()).stdout, new RegExp(hanging.id))
  assert.match((await walk.run()).stdout, /agent\.online/)
  const radius = (await walk.run()).stdout
  assert.match(radius, /Running: +1, which go on/)
  assert.match(radius, new RegExp(`${workspace} +1 +0 +0 +1\n`))
  assert.equal((await system.client.call('pauses.list')).data.length, 0)

  // The busy agent takes nothing more, and the other does.
  await walk.run()
  const scoped = (await system.client.call('pauses.list', { query: { target: 'agent' } })).data
  assert.deepEqual(scoped.map(({ incident }) => incident).sort(), ['INC-42', null])
  assert.equal((await system.run(workspace, 'look')).agent, idle)
  assert.equal((await show(hanging.id)).state, 'running')
  await walk.run()
  const held = await system.ask(workspace, 'look')
  assert.equal(held.state, 'queued')
  assert.match(
    (await show(held.id)).waiting_for ?? '',
    /workspace kubernetes-prod is paused \(INC-42: cluster outage\)/,
  )
  const listed = (await walk.run()).stdout
  assert.match(listed, /workspace kubernetes-prod +active/)
  assert.match(listed, /tool rollout +active/)

  await walk.run()
  await inState(hanging.id, 'cancelled')
  const record = (await walk.run()).stdout
  assert.match(record, /Exit code: +signal SIG(?:TERM|KILL)/)
  assert.match(record, /step one/)
  assert.match(record, /Cancel asked: .* by owner/)

  const { data } = await system.client.call('pauses.list', { query: { target: 'tool' } })
  walk.values['pause-id'] = data[0]!.id
  await walk.run()
  assert.equal((await inState(held.id, 'completed')).stdout, 'seen\n')
  assert.equal((await system.client.call('pauses.list')).data.length, 0)

  // The suspect has an at-most-once call in hand.
  const onSuspect = await system.client.call('agents.pause', { params: { id: busy }, body: {} })
  const doubtful = await system.ask(workspace, 'rollout')
  await inState(doubtful.id, 'running')
  await walk.run()
  assert.equal((await show(doubtful.id)).state, 'ambiguous')
  assert.match((await walk.run()).stdout, new RegExp(`${doubtful.id.slice(0, 8)}.* ambiguous`))
  await walk.run()
  await assert.rejects(system.client.call('agents.show', { params: { id: idle } }), { code: 'agent_not_found' })
  assert.equal(onSuspect.name, busy)
  const history = JSON.parse((await walk.run()).stdout)
  assert.deepEqual(new Set(history.data.map(({ state }: { state: string }) => state)), new Set(['ended']))
  assert.equal(history.data.length, 3)

  Object.assign(walk.values, { since: '2h', until: new Date(Date.now() + 1000).toISOString() })
  const created = (await walk.run()).stdout
  const [, id = ''] = /^Id: +(exp_\S+)$/m.exec(created) ?? []
  walk.values['export-id'] = id
  await until('the archive', async () => {
    const { state } = await system.client.call('exports.show', { params: { id } })
    return state === 'completed' ? true : undefined
  })
  const told = (await walk.run()).stdout
  assert.match(told, /^State: +completed$/m)
  assert.match(told, /^Rows: +4$/m)
  await walk.run()
  const file = join(home, `${id}.zip`)
  const lines = execFileSync('python3', [
    '-c',
    'import sys, zipfile; sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]))',
    file,
    'executions-00001.ndjson',
  ])
    .toString()
    .trimEnd()
    .split('\n')
  assert.ok(lines.some((line) => JSON.parse(line).id === hanging.id))
  await walk.end()
})
