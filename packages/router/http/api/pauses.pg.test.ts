import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { manifestOf, toolOf } from '@xerotier/devkit/bare-agent.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { newId } from '../../domain/ids.ts'
import { type PeopleForTests, startPeopleForTests } from './people.fixture.ts'

let people: PeopleForTests
before(async () => {
  people = await startPeopleForTests()
  for (const name of ['prod', 'lab']) await people.told('POST', 'workspaces', { name })
})
after(() => people.router.stop())

const pauses = 'management/pauses'
const pause = (body: object) => people.ask('POST', pauses, body)
const end = (id: string) => people.told('DELETE', `${pauses}/${id}`)
const ids = async (query = '') =>
  (await people.told('GET', `${pauses}${query}`)).data.map(({ id }: { id: string }) => id)
const eventsOf = async (id: string) => {
  const rows = await people.router.core.store.db
    .selectFrom('events')
    .selectAll()
    .orderBy('xid')
    .orderBy('seq')
    .execute()
  return rows.filter(({ data }) => data.pause_id === id)
}

/** A known tool: an agent published it when it was last here. */
async function offering(tool: string): Promise<string> {
  const { id } = await people.router.makeAgent()
  const manifest = JSON.stringify(manifestOf([toolOf(tool)]))
  await people.router.core.store.db.updateTable('agents').set({ manifest }).where('id', '=', id).execute()
  return id
}

test('each target says what it is, who paused it, why, for which incident and until when', async () => {
  const agent = await offering('kubectl_drain')
  const cases: [body: object, target: string, named: object][] = [
    [{ agent }, 'agent', { agent_id: agent, workspace: null, tool: null }],
    [{ agent, workspace: 'prod' }, 'agent', { agent_id: agent, workspace: 'prod' }],
    [{ workspace: 'prod' }, 'workspace', { agent_id: null, workspace: 'prod', tool: null }],
    [{ tool: 'kubectl_drain' }, 'tool', { workspace: null, tool: 'kubectl_drain' }],
    [{ tool: 'kubectl_drain', workspace: 'prod' }, 'tool', { workspace: 'prod', tool: 'kubectl_drain' }],
    [{ project: true }, 'project', { agent_id: null, workspace: null, tool: null }],
  ]
  for (const [body, target, named] of cases) {
    const { status, body: made } = await pause({ ...body, reason: 'outage', incident: 'INC-1', ttl_seconds: 3600 })
    assert.equal(status, 201, JSON.stringify(made))
    assert.deepEqual(
      { ...made, ...named, target, reason: 'outage', incident: 'INC-1', state: 'active', paused_by_name: 'owner' },
      made,
    )
    assert.equal(Date.parse(made.ends_at) - Date.parse(made.paused_at), 3_600_000)
    assert.deepEqual(await people.told('GET', `${pauses}/${made.id}`), made)
    assert.deepEqual(await ids(`?target=${target}&incident=INC-1&limit=1`), [made.id])
    const ended = await end(made.id)
    assert.deepEqual([ended.state, ended.ended_by_name], ['ended', 'owner'])
    assert.deepEqual(await end(made.id), ended, 'a second end changes nothing')
    assert.deepEqual(
      (await eventsOf(made.id)).map(({ kind, actor, data }) => [kind, actor, data.incident]),
      [
        [`${target}.paused`, people.olga, 'INC-1'],
        [`${target}.resumed`, people.olga, 'INC-1'],
      ],
    )
  }
  assert.deepEqual(await ids(), [])
})

test('to pause again is the same pause: it is never made shorter, and keeps what nobody says anew', async () => {
  const first = (await pause({ workspace: 'lab', reason: 'why', ttl_seconds: 600 })).body
  const again = await pause({ workspace: 'lab', ttl_seconds: 60 })
  assert.deepEqual([again.status, again.body], [200, first])
  const longer = (await pause({ workspace: 'lab', incident: 'INC-2', ttl_seconds: 7200 })).body
  assert.deepEqual([longer.id, longer.reason, longer.incident], [first.id, 'why', 'INC-2'])
  assert.ok(longer.ends_at > first.ends_at)
  assert.equal((await pause({ workspace: 'lab' })).body.ends_at, null, 'who names no end wants none')
  assert.equal((await eventsOf(first.id)).length, 3, 'what changes nothing is no event')
  const both = await Promise.all([pause({ project: true }), pause({ project: true })])
  assert.deepEqual(both.map(({ status }) => status).sort(), [200, 201])
  assert.equal(both[0].body.id, both[1].body.id)
  for (const id of [first.id, both[0].body.id]) await end(id)
})

test('a pause with a time resumes by itself, and says that nobody did it', async () => {
  const { id } = (await pause({ workspace: 'prod', ttl_seconds: 60 })).body
  assert.equal(people.router.core.fleet.stops.of(people.router.projectId).length, 1)
  people.router.clock.shift(61_000)
  await until('the pause to have expired', async () =>
    (await people.told('GET', `${pauses}/${id}`)).state === 'expired' ? true : undefined,
  )
  const { ended_by, ended_by_name } = await people.told('GET', `${pauses}/${id}`)
  assert.deepEqual([ended_by, ended_by_name], ['router', null])
  const [, resumed] = await eventsOf(id)
  assert.deepEqual([resumed?.kind, resumed?.actor, resumed?.data.state], ['workspace.resumed', 'router', 'expired'])
  assert.deepEqual(await ids('?status=expired'), [id])
  assert.equal(people.router.core.fleet.stops.of(people.router.projectId).length, 0)
})

test('what is wrong with a pause is said with its field', async () => {
  const agent = await offering('known_tool')
  const wrong: [body: object, code: string, param: string][] = [
    [{}, 'invalid_body', 'project'],
    [{ project: true, workspace: 'prod' }, 'invalid_body', 'project'],
    [{ project: false }, 'invalid_body', 'project'],
    [{ agent, tool: 'known_tool' }, 'invalid_body', 'tool'],
    [{ agent: 'nobody' }, 'agent_not_found', 'agent'],
    [{ workspace: 'prdo' }, 'workspace_not_found', 'workspace'],
    [{ agent, workspace: 'prdo' }, 'workspace_not_found', 'workspace'],
    [{ tool: 'knwon_tool' }, 'exec_tool_not_found', 'tool'],
    [{ tool: 'no such' }, 'invalid_body', 'tool'],
    [{ workspace: 'prod', ttl_seconds: 0 }, 'invalid_body', 'ttl_seconds'],
    [{ workspace: 'prod', ttl_seconds: -60 }, 'invalid_body', 'ttl_seconds'],
    [{ workspace: 'prod', ttl_seconds: limits.pauseSecondsMax + 1 }, 'invalid_body', 'ttl_seconds'],
    [{ workspace: 'prod', ends_at: '2020-01-01T00:00:00Z' }, 'invalid_body', 'ends_at'],
    [{ workspace: 'prod', incident: 'INC-1\nfake line' }, 'invalid_body', 'incident'],
    [{ workspace: 'prod', reason: 'x'.repeat(501) }, 'invalid_body', 'reason'],
  ]
  for (const [body, code, param] of wrong) {
    const error = await people.refused(code, 'POST', pauses, body)
    assert.equal(error.param, param, JSON.stringify([body, error]))
  }
  await people.refused('pause_not_found', 'GET', `${pauses}/pse_nothing`)
  await people.refused('pause_not_found', 'DELETE', `${pauses}/pse_nothing`)
  assert.equal((await people.refused('invalid_request', 'GET', `${pauses}?status=gone`)).param, 'status')
  assert.deepEqual(await ids(), [])
})

test('another project neither sees nor stops anything of this one', async () => {
  const other = await people.router.makeProject('other')
  const { id } = (await pause({ workspace: 'prod' })).body
  const ask = (method: string, path: string, body?: object) =>
    people.router.call(method, `/other/v1/${pauses}${path}`, {
      key: other.key,
      ...(body === undefined ? {} : { body }),
    })
  assert.deepEqual((await ask('GET', '?status=all')).body.data, [])
  assert.equal((await ask('GET', `/${id}`)).status, 404)
  assert.equal((await ask('DELETE', `/${id}`)).status, 404)
  assert.equal((await ask('POST', '', { workspace: 'prod' })).body.error.code, 'workspace_not_found')
  assert.equal((await ask('POST', '/plan', { workspace: 'prod' })).body.error.code, 'workspace_not_found')
  assert.equal((await ask('POST', '', { project: true })).status, 201)
  assert.deepEqual(await ids(), [id], 'their whole project is not ours')
  assert.deepEqual(people.router.core.fleet.stops.of(other.projectId), [
    { workspace_id: null, tool: null, project_id: other.projectId },
  ])
  await end(id)
})

test('who has no management scope pauses nothing, and a key held to a workspace pauses no other', async () => {
  const member = await people.router.makePerson('mary')
  await people.refused('scope_insufficient', 'POST', pauses, { workspace: 'prod' }, member.key)
  const { id, key } = await people.router.makeKey({})
  await people.told('PUT', `management/api-keys/${id}/workspaces`, { workspaces: ['prod'] })
  await people.refused('workspace_not_allowed', 'POST', pauses, { workspace: 'lab' }, key)
  await people.refused('workspace_not_allowed', 'POST', pauses, { project: true }, key)
  const mine = await people.told('POST', pauses, { workspace: 'prod' }, key)
  const theirs = (await pause({ workspace: 'lab' })).body
  await people.refused('workspace_not_allowed', 'DELETE', `${pauses}/${theirs.id}`, undefined, key)
  await people.told('DELETE', `${pauses}/${mine.id}`, undefined, key)
  await end(theirs.id)
})

test('a plan counts what runs, waits and is asked about, and pauses nothing', async () => {
  const { core } = people.router
  const workspace_id = (await people.told('GET', 'workspaces/lab')).id
  const agent = await offering('planned')
  await people.told('POST', 'workspaces/lab/bindings', { agent })
  for (const [state, tool] of [
    ['queued', 'planned'],
    ['queued', 'other'],
    ['pending_approval', 'planned'],
    ['dispatched', 'planned'],
  ] as const)
    await people.router.storeExecution({
      workspace_id,
      state,
      tool,
      ...(state === 'dispatched' ? { agent_id: agent } : {}),
    })
  const plan = (body: object) => people.told('POST', `${pauses}/plan`, body)
  const countsOf = ({ running, queued, pending_approval }: Record<string, number>) => [
    running,
    queued,
    pending_approval,
  ]
  const whole = await plan({ workspace: 'lab' })
  assert.deepEqual([countsOf(whole), whole.pause], [[1, 2, 1], null])
  assert.deepEqual(countsOf(await plan({ tool: 'planned' })), [1, 1, 1])
  const ofAgent = await plan({ agent })
  assert.deepEqual(countsOf(ofAgent), [1, 2, 1])
  assert.deepEqual(
    ofAgent.workspaces.map(({ workspace, others }: { workspace: string; others: number }) => [workspace, others]),
    [['lab', 0]],
  )
  assert.deepEqual(
    ofAgent.agents.map(({ agent_id, running }: { agent_id: string; running: number }) => [agent_id, running]),
    [[agent, 1]],
  )
  assert.deepEqual(countsOf(await plan({ project: true })), [1, 2, 1])
  assert.deepEqual(await ids(), [])
  const { id } = (await pause({ workspace: 'lab' })).body
  assert.equal((await plan({ workspace: 'lab' })).pause.id, id)
  await end(id)
  await core.store.db.deleteFrom('executions').where('workspace_id', '=', workspace_id).execute()
})

test('a pause goes with its agent or workspace, and the record says so', async () => {
  const agent = await offering('gone')
  const { id } = (await pause({ agent })).body
  await people.told('DELETE', `management/agents/${agent}`)
  assert.equal((await people.told('GET', `${pauses}/${id}`)).state, 'ended')
  assert.equal((await eventsOf(id)).at(-1)?.data.because, 'the agent was deleted')
  await people.told('POST', 'workspaces', { name: 'short' })
  const ofWorkspace = (await pause({ workspace: 'short' })).body
  await people.told('DELETE', 'workspaces/short')
  assert.equal((await people.told('GET', `${pauses}/${ofWorkspace.id}`)).state, 'ended')
})

test('the agents and workspaces that are paused show it, wherever it was paused', async () => {
  const agent = await offering('shown')
  await people.told('POST', `management/agents/${agent}/pause-exec`, {
    reason: 'why',
    incident: 'INC-3',
    ttl_seconds: 600,
  })
  const { paused } = await people.told('GET', `management/agents/${agent}`)
  assert.deepEqual([paused[0].reason, paused[0].incident], ['why', 'INC-3'])
  assert.deepEqual(await ids(`?agent=${agent}`), [paused[0].pause_id])
  await people.told('POST', `management/agents/${agent}/resume-exec`, {})
  assert.deepEqual(await ids(), [])
  const wide = (await pause({ tool: 'shown' })).body
  assert.deepEqual(
    (await people.told('GET', 'workspaces/prod')).paused.map(({ tool }: { tool: string }) => tool),
    ['shown'],
  )
  await end(wide.id)
})

test('a project has a limit of active pauses', async () => {
  const { db } = people.router.core.store
  const now = new Date(people.router.clock.now())
  const rows = Array.from({ length: limits.pausesPerProject }, (_, n) => ({
    ...{ id: newId('pse', now.getTime()), project_id: people.router.projectId, tool: `t${n}` },
    ...{ state: 'active' as const, paused_by: 'x', paused_at: now },
  }))
  await db.insertInto('pauses').values(rows).execute()
  await people.refused('limit_reached', 'POST', pauses, { workspace: 'prod' })
  await db.updateTable('pauses').set({ state: 'ended' }).where('paused_by', '=', 'x').execute()
})
