// The small form of `npm run bench -- --only rotation`: the keys of a fleet and of its router are
// replaced twice under calls that may run only once.
import assert from 'node:assert/strict'
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { AgentForTests } from './agent-for-tests.ts'
import { dial } from './dial.ts'
import { until } from './faults/until.ts'
import { patienceMs } from './patience.ts'
import { credentialsOf } from './rotated-keys.ts'
import { type System, startSystem } from './system.ts'

const workspace = 'busy'
const inFlight = 8
const rounds = 2
const names = ['one', 'two', 'three']
const bundle = `
name: mark
version: "1"
description: Notes each run
domain: test
tools:
  - name: mark
    description: Notes that it ran
    risk: write
    input_schema: { type: object, required: [n, file], properties: { n: { type: integer }, file: { type: string } } }
    timeout_ms: 600000
    command: [./mark, '{n}', '{file}']
`
let system: System
const agents: AgentForTests[] = []
let ran: string
before(async () => {
  system = await startSystem()
  for (const name of names) {
    const agent = await system.addAgent({
      name,
      env: { XEM_SHIPPED_BUNDLES: '' },
      prepare({ tools }) {
        mkdirSync(join(tools, 'mark'))
        writeFileSync(join(tools, 'mark', 'bundle.yaml'), bundle)
        writeFileSync(join(tools, 'mark', 'mark'), '#!/bin/sh\nsleep 0.3\necho "$1" >> "$2"\n', { mode: 0o755 })
      },
    })
    agents.push(agent)
  }
  ran = join(agents[0]!.folder, 'ran')
  appendFileSync(ran, '')
  await system.addWorkspace(workspace, 'generic', agents)
})
after(() => system.stop())

test('no call is lost, and none runs twice', async () => {
  const calls = new Map<number, string>()
  let made = 0
  let ending = false
  const submitter = async () => {
    while (!ending) {
      const n = ++made
      const call = await system.run(workspace, 'mark', { n, file: ran })
      calls.set(n, call.id)
    }
  }
  const submitters = Array.from({ length: inFlight }, submitter)
  const routerKeys = new Set(agents.map((agent) => credentialsOf(agent).router.curve_public_key))
  for (let round = 0; round < rounds; round++) {
    const before = credentialsOf(agents[0]!)
    const enough = made + 2 * inFlight
    const rotated = await Promise.all(
      names.map((id) =>
        system.client.call('agents.curveRotate', {
          params: { id },
          query: { wait: Math.floor(patienceMs / 1000) },
          body: { reason: `round ${round}` },
        }),
      ),
    )
    assert.deepEqual(new Set(rotated.map(({ state }) => state)), new Set(['completed']))
    await until('the old endpoint to close', async () =>
      (await dial(before.curve, before.router)) === 'closed' ? true : undefined,
    )
    await until('calls with the new keys', () => (made > enough ? true : undefined))
    for (const agent of agents) routerKeys.add(credentialsOf(agent).router.curve_public_key)
  }
  ending = true
  await Promise.all(submitters)
  assert.equal(routerKeys.size, rounds + 1)
  for (const [n, id] of calls) {
    const call = await until(`call ${n}`, async () => {
      const shown = await system.client.call('executions.show', { params: { id } })
      return shown.finished_at === null ? undefined : shown
    })
    assert.equal(call.state, 'completed', `call ${n}`)
  }
  const runs = readFileSync(ran, 'utf8').trim().split('\n').map(Number)
  assert.deepEqual(
    runs.toSorted((a, b) => a - b),
    [...calls.keys()].toSorted((a, b) => a - b),
  )
})
