import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { cloneDatabase } from '@xerotier/devkit/postgres-for-tests.ts'
import { systemClock } from '@xerotier/runtime/clock.ts'
import { type Log, silentLog } from '@xerotier/runtime/log.ts'
import { openStore, type Store } from '../../store/database.ts'
import { router, serviceKeyActor } from '../actor.ts'
import { newUuid } from '../ids.ts'
import { type NewEvent, type Writing, write } from './write.ts'

let store: Store
let heard: string[]
/** Notes the wake-up of the log's readers, and whether what woke them could be read by then. */
const eventLog = { wake: () => void heard.push('wake') }
const project_id = 'proj_a'
const event = (name: string): NewEvent => ({ project_id, kind: 'project.updated', actor: router, data: { name } })
let said: Record<string, unknown>[]
const log: Log = { ...silentLog, notice: (fields) => void said.push({ ...fields }) }
const writing = <T>(work: (writing: Writing) => Promise<T>) => write({ store, clock: systemClock, eventLog, log }, work)

before(async () => {
  store = openStore((await cloneDatabase()).url, { connections: 4, clock: systemClock, onError() {} })
})
after(() => store.close())
beforeEach(async () => {
  heard = []
  said = []
  await store.pool.query('truncate events')
})

const logged = async () => {
  const { rows } = await store.pool.query(`select data->>'name' as name, at from events order by seq`)
  return rows as { name: string; at: Date }[]
}
const addProject = ({ tx, now }: Writing) =>
  tx
    .insertInto('projects')
    .values({ id: `proj_${crypto.randomUUID()}`, slug: crypto.randomUUID(), name: 'a', created_at: now })
    .execute()

test('rows and events are committed together, the log is woken, and then comes what follows, in order', async () => {
  const answer = await writing(async ({ append, after, now }) => {
    after(() => void heard.push('first'))
    append(event('one'))
    append(event('two'))
    after(() => void heard.push('second'))
    assert.deepEqual(heard, [], 'nothing is heard before the commit')
    return now
  })
  assert.deepEqual(heard, ['wake', 'first', 'second'])
  assert.deepEqual(await logged(), [
    { name: 'one', at: answer },
    { name: 'two', at: answer },
  ])
})

test('what is not committed is taken back, and nobody hears of it', async () => {
  const { rows: before } = await store.pool.query('select count(*) from projects')
  const failed = writing(async (one) => {
    one.undo(() => void heard.push('taken back'))
    one.after(() => void heard.push('never'))
    one.append(event('lost'))
    await addProject(one)
    throw new Error('no')
  })
  await assert.rejects(failed, { message: 'no' })
  assert.deepEqual(heard, ['taken back'])
  assert.deepEqual(await logged(), [])
  assert.deepEqual((await store.pool.query('select count(*) from projects')).rows, before)
})

test('an event that cannot be stored takes its rows with it', async () => {
  await assert.rejects(
    writing(async (one) => {
      one.undo(() => void heard.push('taken back'))
      await addProject(one)
      one.append({ ...event('bad'), execution_id: 'no uuid' })
    }),
  )
  assert.deepEqual(heard, ['taken back'])
})

test('a change without an event wakes nobody', async () => {
  await writing(addProject)
  assert.deepEqual(heard, [])
})

test('one writing holds more events than a statement has parameters for', async () => {
  const many = 8_000
  await writing(async ({ append }) => {
    for (let n = 0; n < many; n++) append(event(String(n)))
  })
  const names = (await logged()).map(({ name }) => Number(name))
  assert.equal(names.length, many)
  assert.ok(names.every((name, place) => name === place))
})

test('what a member changes about its project is a line of the log, with who did it; calls and the router are none', async () => {
  const anna = serviceKeyActor(
    { id: 'key_1', name: 'anna' },
    { projectId: project_id, door: 'api', scopes: [], workspaces: null },
  )
  await writing(async ({ append }) => {
    append({ project_id, kind: 'workspace.bound', actor: anna, agent_id: 'agt_1', workspace_id: 'ws_1' })
    append({ project_id, kind: 'execution.cancel_requested', actor: anna, execution_id: newUuid(0) })
    append({ project_id, kind: 'agent.offline', actor: router, agent_id: 'agt_1' })
  })
  assert.deepEqual(said, [
    {
      project_id,
      agent_id: 'agt_1',
      workspace_id: 'ws_1',
      event: 'workspace.bound',
      actor: 'key_1',
      actor_name: 'anna',
      actor_key: 'key_1',
      door: 'api',
    },
  ])
})
