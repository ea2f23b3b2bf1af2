import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Topology } from '@xerotier/protocol/api/topology.ts'
import { blastOf } from './blast.ts'
import { layoutOf } from './layout.ts'
import { modelOf, regionId, toolId } from './model.ts'
import { createSlots } from './slots.ts'

type Agent = Topology['agents'][number]

const at = (n: number) => new Date(Date.UTC(2026, 0, 1, 0, n)).toISOString()

function agent(n: number, more: Partial<Agent> = {}): Agent {
  return {
    ...{ id: `agt_${n}`, name: `xem-${n}`, region: n % 2 === 0 ? 'eu' : 'us', enrolled_at: at(n) },
    ...{ health: 'healthy', is_paused: false, workspaces: [n % 2], tools: [0] },
    ...more,
  }
}

function topology(agents: Agent[]): Topology {
  const workspace = (n: number) => ({
    ...{
      id: `ws_${n}`,
      name: `ws-${n}`,
      type: 'generic' as const,
      created_at: at(n),
      is_paused: false,
      approvers: [0],
    },
  })
  return {
    ...{ object: 'topology', at: at(60), begins_at: at(0), is_whole: true, agents },
    workspaces: [workspace(0), workspace(1)],
    tools: [
      { name: 'look', risk: 'read', is_paused: false },
      { name: 'stop', risk: 'destructive', is_paused: false },
    ],
    approvers: [{ kind: 'anyone', name: 'anyone' }],
  }
}

const placesIn =
  (slots = createSlots()) =>
  (agents: Agent[]) =>
    new Map(layoutOf(modelOf(topology(agents), undefined), slots).nodes.map(({ id, x, y }) => [id, `${x} ${y}`]))

const some = [0, 1, 2, 3, 4, 5].map((n) => agent(n))

test('the same things stand where they stood, in whichever order they are told', () => {
  assert.deepEqual(placesIn()(some), placesIn()(some.toReversed()))
})

test('nothing moves because an agent comes, goes, or fails', () => {
  const places = placesIn()
  const before = places(some)
  const after = places(
    [...some.filter(({ id }) => id !== 'agt_2'), agent(8), agent(3, { health: 'offline' })].slice(0, 6),
  )
  for (const [id, place] of after) if (before.has(id)) assert.equal(place, before.get(id), id)
  assert.equal(after.get('agt_8'), before.get('agt_2'), 'what comes takes what is free')
})

test('nodes do not lie on each other, and stand in the box of their region', () => {
  const many = Array.from({ length: 300 }, (_, n) => agent(n, { region: `r${n % 7}` }))
  const { nodes, boxes, width, height } = layoutOf(modelOf(topology(many), undefined), createSlots())
  const places = new Set(nodes.map(({ x, y }) => `${x} ${y}`))
  assert.equal(places.size, nodes.length)
  for (const node of nodes) {
    assert.ok(node.x >= 0 && node.y >= 0 && node.x + node.width <= width && node.y + node.height <= height)
    const one = many.find(({ id }) => id === node.id)
    if (one === undefined) continue
    const box = boxes.find(({ id }) => id === regionId(one.region))
    assert.ok(
      box && node.x >= box.x && node.x + node.width <= box.x + box.width && node.y + node.height <= box.y + box.height,
    )
  }
})

test('what would stop and what would go on with less is told, of an agent, a region and an approver', () => {
  const agents = [
    agent(0, { tools: [0, 1] }),
    agent(2),
    agent(1, { workspaces: [1] }),
    // It serves it, and cannot take over.
    agent(3, { workspaces: [1], health: 'offline', tools: [0] }),
  ]
  const model = modelOf(topology(agents), undefined)
  const told = (id: string) => {
    const blast = blastOf(model, id)
    return [
      blast?.lost.map(({ name }) => name).sort(),
      blast?.reduced.map(({ node, others }) => `${node.name} ${others}`),
    ]
  }
  assert.deepEqual(told('agt_0'), [['stop'], ['ws-0 1']])
  assert.deepEqual(told('agt_1'), [['ws-1'], []])
  assert.deepEqual(told(regionId('eu')), [['stop', 'ws-0'], []])
  assert.deepEqual(told('approver anyone anyone'), [['ws-0', 'ws-1'], []])
  assert.ok(blastOf(model, toolId('look'))?.touched.has('ws_0'))
  assert.equal(blastOf(model, 'agt_9'), undefined)
})

test('against a time before, what came, went and changed is marked, and what nobody knows is not', () => {
  const before = topology([agent(0), agent(1), agent(2, { tools: null })])
  const now = topology([agent(0, { health: 'offline' }), agent(2, { tools: [0, 1] }), agent(4)])
  const { nodes, links } = modelOf(now, before)
  assert.deepEqual(
    ['agt_0', 'agt_1', 'agt_2', 'agt_4', 'ws_0'].map((id) => nodes.get(id)?.change),
    ['changed', 'gone', undefined, 'added', undefined],
  )
  const linkOf = (from: string, to: string) => links.find((one) => one.from === from && one.to === to)
  assert.equal(linkOf('ws_0', 'agt_4')?.change, 'added')
  assert.equal(linkOf('ws_1', 'agt_1')?.change, 'gone')
  assert.equal(linkOf('agt_2', toolId('stop'))?.change, undefined, 'it may have offered it then')
})
