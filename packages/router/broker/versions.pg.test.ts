// Agents of other versions of the wire: which are welcomed, and what is said of the others.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type BareAgent, bareAgent, enrollBare, toolOf } from '@xerotier/devkit/bare-agent.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import { ourVersions, wireVersion } from '@xerotier/protocol/wire.ts'
import type { WireVersions } from '@xerotier/protocol/wire-versions.ts'
import { agents, enrolled, ownRouter, renewal, resultOf, stillServes, submit, system } from './wire.fixture.ts'

ownRouter()

let count = 0
async function speaking(versions: WireVersions) {
  const name = `version-${++count}`
  const { keys, enrollment } = await enrollBare(system.client, name)
  await system.client.call('workspaces.create', { body: { name } })
  await system.client.call('workspaces.bind', { params: { id: name }, body: { agent: enrollment.agent_id } })
  const agent = bareAgent(keys, enrollment, [toolOf('t_read')], versions)
  agents.push(agent)
  return { agent, keys, enrollment, workspace: name }
}

const shown = (id: string) => system.client.call('agents.show', { params: { id } })
const refusalsOf = async (id: string) =>
  (await system.client.call('agents.events', { params: { id } })).data.filter(
    ({ kind }) => kind === 'agent.session_refused',
  )
const only = (version: number): WireVersions => ({ oldest: version, newest: version })

async function runs(agent: BareAgent, workspace: string): Promise<void> {
  const submitted = submit(workspace, 't_read', 60)
  await agent.send([resultOf(await agent.next('dispatch'))])
  assert.equal((await submitted).state, 'completed')
  assert.equal((await agent.next('result_ack')).ok, true)
}

for (const [versions, agreed] of [
  [only(2), 2],
  [only(wireVersion), wireVersion],
  [ourVersions, wireVersion],
  [{ oldest: 1, newest: 2 }, 2],
  [{ oldest: wireVersion, newest: wireVersion + 1 }, wireVersion],
  [{ oldest: 1, newest: wireVersion + 6 }, wireVersion],
] as const) {
  test(`an agent of versions ${versions.oldest} to ${versions.newest} has a session of ${agreed}, and runs calls in it`, async () => {
    const { agent, enrollment, workspace } = await speaking(versions)
    await agent.open()
    assert.equal(agent.version, agreed)
    await runs(agent, workspace)
    assert.equal((await shown(enrollment.agent_id)).wire_version, agreed)
  })
}

for (const [versions, why] of [
  [only(1), 'the agent version 1: upgrade the agent.'],
  [only(wireVersion + 1), `the agent version ${wireVersion + 1}: upgrade the router.`],
  [
    { oldest: wireVersion + 1, newest: wireVersion + 2 },
    `the agent versions ${wireVersion + 1} to ${wireVersion + 2}: upgrade the router.`,
  ],
] as const) {
  test(`an agent of versions ${versions.oldest} to ${versions.newest} is refused with the versions of both, and the operator sees it`, async () => {
    const { agent, keys, enrollment } = await speaking(versions)
    const id = enrollment.agent_id
    const whole = `The router speaks versions ${ourVersions.oldest} to ${ourVersions.newest} of the wire, ${why}`
    for (let times = 0; times < 2; times++) {
      const refused = await agent.offer()
      assert.ok(refused.t === 'session_refused')
      assert.deepEqual([refused.code, refused.message], ['version_unsupported', whole])
    }
    const [event, ...more] = await until('the record of it', async () => {
      const found = await refusalsOf(id)
      return found.length > 0 ? found : undefined
    })
    assert.deepEqual([event?.data, more], [{ reason: whole }, []], 'once, however often it dials')
    const before = await shown(id)
    assert.deepEqual([before.health, before.unhealthy_reason], ['pending', whole])

    const upgraded = bareAgent(keys, enrollment)
    agents.push(upgraded)
    await upgraded.open()
    assert.deepEqual([(await shown(id)).health, (await shown(id)).unhealthy_reason], ['healthy', null])
  })
}

test('a refusal is written in the version of the hello, so that its agent can read it', async () => {
  const { agent } = await speaking(only(7))
  const heard: unknown[] = []
  agent.heard = (version, frame) => void heard.push([version, frame.t])
  await agent.offer()
  assert.deepEqual(heard, [[7, 'session_refused']])
})

test('what an agent says in the name of another is not put into its record', async () => {
  const one = await speaking(ourVersions)
  const other = await enrolled()
  const impostor = bareAgent(one.keys, { ...one.enrollment, agent_id: other.enrollment.agent_id }, [], only(1))
  agents.push(impostor)
  assert.equal((await impostor.offer()).t, 'session_refused')
  const { agent_id } = other.enrollment
  assert.equal((await shown(agent_id)).unhealthy_reason, null)
  // One that is honest has its own put there, and that comes later.
  const honest = bareAgent(other.keys, other.enrollment, [], only(9))
  agents.push(honest)
  await honest.offer()
  const [event, ...more] = await until('the record of it', async () => {
    const found = await refusalsOf(agent_id)
    return found.length > 0 ? found : undefined
  })
  assert.match(JSON.stringify(event?.data), /the agent version 9/)
  assert.deepEqual(more, [])
})

for (const [challenge, proof] of [
  [2, 3],
  [3, 2],
] as const) {
  test(`a proof of version ${proof} does not answer a challenge of version ${challenge}`, async () => {
    const { agent } = await speaking(only(challenge))
    const sent = agent.send
    agent.send = (frames, changes = {}) =>
      sent(frames, (frames[0] as { t: string }).t === 'proof' ? { ...changes, v: proof } : changes)
    const refused = await agent.offer()
    assert.equal(refused.t === 'session_refused' && refused.code, 'version_unsupported')
  })
}

for (const [session, message] of [
  [2, 3],
  [3, 2],
  [3, 9],
] as const) {
  test(`a message of version ${message} ends a session of version ${session}, and says so`, async () => {
    const { agent, enrollment } = await speaking(only(session))
    await agent.open()
    await agent.send([renewal(agent)], { v: message })
    const refused = await agent.next('session_refused')
    assert.equal(refused.code, 'version_unsupported')
    assert.match(refused.message, new RegExp(`of version ${session} of the wire.* in version ${message}`))
    assert.equal((await shown(enrollment.agent_id)).health, 'offline')
    await stillServes()
  })
}

test('versions that cannot be read are as good as no hello', async () => {
  const { agent, enrollment } = await enrolled()
  for (const versions of [
    null,
    3,
    '2-3',
    [2, 3],
    {},
    { oldest: 3, newest: 2 },
    { oldest: 0, newest: 3 },
    { oldest: 2 },
  ])
    await agent.send([{ t: 'hello', agent_id: enrollment.agent_id, versions }], { session: '' })
  for (const v of [0, -1, 2.5, 70_000])
    await agent.send([{ t: 'hello', agent_id: enrollment.agent_id }], { session: '', v })
  await agent.open()
  assert.deepEqual(
    agent.waiting.map(({ t }) => t),
    [],
  )
})
