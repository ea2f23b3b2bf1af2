import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { json, refusal, scriptedServer } from '@xerotier/client/scripted-server.fixture.ts'
import type { AgentState } from '@xerotier/protocol/lifecycles/agent.ts'
import type { RotationState } from '@xerotier/protocol/lifecycles/rotation.ts'
import { rotation } from '../../pause-sends.fixture.ts'
import { agent, page } from '../../records.fixture.ts'
import { envFor, xeroctl } from '../../run.fixture.ts'

/** Agents by name: their state, and what becomes of their rotation. */
async function run(t: TestContext, fleet: Record<string, [AgentState, RotationState | 'offline']>, ...words: string[]) {
  const asked: string[] = []
  const paths = new Set<string>()
  const server = await scriptedServer(({ method, path }, response) => {
    if (method === 'GET') {
      const all = Object.entries(fleet).map(([name, [state]]) => ({ ...agent, id: `agt_${name}`, name, state }))
      return json(response, 200, { ...page(agent), data: all })
    }
    paths.add(path.split('/').at(-1)!.split('?')[0]!)
    const name = path.split('/')[3]!.replace('agt_', '')
    asked.push(name)
    const outcome = fleet[name]![1]
    if (outcome === 'offline') return refusal(response, 409, 'illegal_transition')
    const because = outcome === 'rolled_back' ? 'nobody came' : null
    json(response, 200, { ...rotation, agent: name, state: outcome, because })
  })
  t.after(() => server.close())
  const command = words.includes('--signing') ? 'rotate-signing-key' : 'curve-rotate'
  const said = ['agents', command, ...words.filter((word) => word !== '--signing')]
  return { ...(await xeroctl(t, said, { env: envFor(server) })), asked: asked.sort(), paths }
}

test('--all rotates every agent whose keys are in use, and says what became of each', async (t) => {
  const { code, stdout, stderr, asked } = await run(
    t,
    {
      c: ['active', 'completed'],
      a: ['active', 'completed'],
      b: ['suspended', 'offline'],
      d: ['pending', 'offline'],
      e: ['draining', 'ended'],
    },
    '--all',
  )
  assert.deepEqual(asked, ['a', 'c', 'e'])
  assert.match(stdout, /^AGENT +STATUS.*\na +completed.*\nc +completed.*\ne +ended/)
  assert.match(stderr, /3 of 3 cut over/)
  assert.equal(code, 0)
})

test('one that stays as it was is named with its reason, and ends xeroctl as alone', async (t) => {
  const offline = await run(t, { a: ['disconnected', 'offline'], b: ['active', 'completed'] }, '--all')
  assert.match(offline.stdout, /a +not rotated .*\nb +completed/)
  assert.match(offline.stderr, /1 of 2 cut over; the others have the keys that they had/)
  assert.equal(offline.code, 5)
  const rolledBack = await run(t, { a: ['active', 'completed'], b: ['active', 'rolled_back'] }, '--all')
  assert.match(rolledBack.stdout, /b +rolled_back .*nobody came/)
  assert.equal(rolledBack.code, 1)
})

test('--all of the signing keys asks for those', async (t) => {
  const { code, asked, paths } = await run(
    t,
    { a: ['active', 'completed'], b: ['active', 'completed'] },
    '--all',
    '--signing',
  )
  assert.deepEqual([code, asked, [...paths]], [0, ['a', 'b'], ['rotate-signing-key']])
})

test('an agent or --all, and not both', async (t) => {
  for (const words of [[], ['xem-1', '--all']]) {
    const { code, stderr, asked } = await run(t, {}, ...words)
    assert.deepEqual([code, asked], [2, []])
    assert.match(stderr, /Name one agent, or say --all/)
  }
})
