import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { until } from '@xerotier/devkit/faults/until.ts'
import { heartbeatSeconds } from '@xerotier/protocol/events.ts'
import type { ExecutionState } from '@xerotier/protocol/lifecycles/execution.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { router as itself } from '../../domain/actor.ts'
import { write } from '../../domain/events/write.ts'
import { newUuid } from '../../domain/ids.ts'
import { type ApiForTests, startApiForTests } from '../api.fixture.ts'

let router: ApiForTests
let workspace: { id: string; name: string }

before(async () => {
  router = await startApiForTests()
  workspace = (await router.call('POST', '/acme/v1/workspaces', { body: { name: 'prod' } })).body
})
after(() => router.stop())

interface Told {
  name: string
  id: string | undefined
  // biome-ignore lint/suspicious/noExplicitAny: tests look into data of every shape
  data: any
}

/**
 * A stream that opens now begins behind all that was stored: no older transaction of the cluster
 * holds an event back.
 */
const untilReadable = () =>
  until('every event to be readable', async () => {
    const { rows } = await router.core.store.pool.query(
      'select 1 from events where xid >= pg_snapshot_xmin(pg_current_snapshot()) limit 1',
    )
    return rows.length === 0 ? true : undefined
  })

/** Opens a stream and reads it event by event. */
async function open(path: string, headers: Record<string, string> = {}, key = router.key) {
  await untilReadable()
  const stop = new AbortController()
  const response = await fetch(`${router.url}/acme/v1/exec/${path}`, {
    headers: { authorization: `Bearer ${key}`, ...headers },
    signal: stop.signal,
  })
  assert.equal(response.status, 200, await (response.ok ? '' : response.text()))
  const events = parse(response.body!)
  return {
    headers: response.headers,
    async next(): Promise<Told> {
      const { value, done } = await events.next()
      assert.ok(!done, 'the stream ended')
      return value
    },
    /** Everything until the stream ends by itself. */
    async rest(): Promise<Told[]> {
      const all: Told[] = []
      for await (const event of events) all.push(event)
      return all
    },
    close: () => stop.abort(),
  }
}

async function* parse(body: ReadableStream<Uint8Array>): AsyncGenerator<Told> {
  let text = ''
  const decoder = new TextDecoder()
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true })
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const fields = new Map(
        text
          .slice(0, end)
          .split('\n')
          .map((line) => line.split(/: (.*)/, 2) as [string, string]),
      )
      text = text.slice(end + 2)
      yield { name: fields.get('event')!, id: fields.get('id'), data: JSON.parse(fields.get('data')!) }
    }
  }
}

const submit = (changes: Record<string, unknown> = {}) =>
  router.storeExecution({ workspace_id: workspace.id, ...changes })

const move = async (id: string, state: ExecutionState, changes: Record<string, unknown> = {}) => {
  await write(router.core, async ({ tx, append }) => {
    await tx
      .updateTable('executions')
      .set({ state, ...changes })
      .where('id', '=', id)
      .execute()
    append({ project_id: router.projectId, kind: `execution.${state}`, actor: itself, execution_id: id })
  })
}
const output = async (id: string, seq: number, text: string, stream = 1, attempt = 1) => {
  const row = { execution_id: id, attempt, seq, stream, at: new Date(), data: Buffer.from(text) }
  await router.core.store.db.insertInto('execution_output').values(row).execute()
  router.core.eventLog.wake()
}
const names = (events: Told[]) => events.map((event) => event.name.replace('x_exec.execution.', ''))

describe('the stream of executions', () => {
  test('says that it is connected, then tells everything that happens', async () => {
    const stream = await open('executions/stream')
    assert.match(stream.headers.get('content-type')!, /^text\/event-stream/)
    assert.ok(stream.headers.get('x-request-id'))
    assert.equal((await stream.next()).name, 'x_exec.connection.connected')
    const id = await submit()
    const event = await stream.next()
    assert.deepEqual([event.name, event.data.id, event.data.state], ['x_exec.execution.queued', id, 'queued'])
    await move(id, 'dispatched')
    assert.equal((await stream.next()).name, 'x_exec.execution.started')
    stream.close()
  })

  test('names the key behind each call, but no key of another project', async () => {
    const mine = await router.makeKey({})
    const { projectId } = await router.makeProject('strangers')
    const theirs = await router.makeKey({ projectId, slug: 'strangers' })
    const stream = await open('executions/stream')
    await stream.next()
    for (const [{ id }, name] of [
      [mine, 'test'],
      [theirs, null],
    ] as const) {
      const execution = await submit({ requested_by: id })
      const { data } = await stream.next()
      assert.deepEqual([data.id, data.requested_by, data.requested_by_name], [execution, id, name])
    }
    stream.close()
  })

  test('resumes after Last-Event-ID, also after the id of `connected`', async () => {
    const first = await open('executions/stream')
    const connected = await first.next()
    const one = await submit()
    const told = await first.next()
    first.close()
    const two = await submit()
    const second = await open('executions/stream', { 'last-event-id': told.id! })
    await second.next()
    assert.equal((await second.next()).data.id, two)
    second.close()
    const third = await open('executions/stream', { 'last-event-id': connected.id! })
    await third.next()
    assert.deepEqual([(await third.next()).data.id, (await third.next()).data.id], [one, two])
    third.close()
  })

  test('refuses a malformed Last-Event-ID and unknown filters', async () => {
    const ask = async (query: string, headers = {}) => {
      const { status, body } = await router.call('GET', `/acme/v1/exec/executions/stream${query}`, { headers })
      return [status, body.error.code, body.error.param]
    }
    assert.deepEqual(await ask('', { 'last-event-id': 'monday' }), [400, 'invalid_request', 'Last-Event-ID'])
    assert.deepEqual(await ask('?workspace=nope'), [404, 'workspace_not_found', 'workspace'])
    assert.deepEqual(await ask('?output=true'), [400, 'invalid_request', 'output'])
    assert.deepEqual(await ask(`?execution_id=${newUuid(0)}`), [404, 'execution_not_found', null])
  })

  test('filters by tool', async () => {
    const stream = await open('executions/stream?tool=host_disk')
    await stream.next()
    await submit()
    const id = await submit({ tool: 'host_disk' })
    assert.equal((await stream.next()).data.id, id)
    stream.close()
  })

  test('filters by what a call has come to, by risk and by who asked', async () => {
    const { id: asker } = await router.makeKey({})
    const stream = await open(`executions/stream?status=cancelled,ambiguous&risk=write&requester=${asker}`)
    await stream.next()
    for (const changes of [{}, { risk: 'write' as const }, { requested_by: asker }]) {
      await move(await submit(changes), 'cancelled')
    }
    const id = await submit({ risk: 'write', requested_by: asker })
    await move(id, 'cancelled')
    const { name, data } = await stream.next()
    assert.deepEqual([name, data.id], ['x_exec.execution.cancelled', id])
    stream.close()
    const { body } = await router.call('GET', '/acme/v1/exec/executions/stream?status=runing')
    assert.deepEqual([body.error.code, body.error.param], ['invalid_request', 'status'])
  })

  test("tells nothing of another project's executions", async () => {
    const other = await router.makeProject('elsewhere')
    const stream = await open('executions/stream')
    await stream.next()
    await submit({ project_id: other.projectId })
    const id = await submit()
    assert.equal((await stream.next()).data.id, id)
    stream.close()
    const { status } = await router.call('GET', `/elsewhere/v1/exec/executions/stream?execution_id=${id}`, {
      key: other.key,
    })
    assert.equal(status, 404)
  })
})

describe('following one execution', () => {
  test('tells a late follower everything, output before the end, and then ends', async () => {
    const id = await submit()
    await move(id, 'dispatched')
    await output(id, 0, 'one\n')
    await output(id, 1, 'oops\n', 2)
    await move(id, 'completed', { exit_code: 0 })
    const stream = await open(`executions/stream?execution_id=${id}&output=true`)
    const all = await stream.rest()
    assert.deepEqual(names(all).slice(1), ['queued', 'started', 'output', 'output', 'completed'])
    const pieces = all.filter((event) => event.name.endsWith('output'))
    assert.deepEqual(
      pieces.map(({ data }) => [data.seq, data.stream, Buffer.from(data.data, 'base64').toString()]),
      [
        [0, 'stdout', 'one\n'],
        [1, 'stderr', 'oops\n'],
      ],
    )
  })

  test('tells output as it comes, without any event', async () => {
    const id = await submit({ state: 'dispatched' })
    const stream = await open(`executions/stream?execution_id=${id}&output=true`)
    assert.deepEqual(
      [(await stream.next()).name, (await stream.next()).name],
      ['x_exec.connection.connected', 'x_exec.execution.started'],
    )
    for (let seq = 0; seq < 40; seq++) {
      await output(id, seq, `line ${seq}`)
      if (seq % 10 === 0) assert.equal((await stream.next()).data.seq, seq)
      else if (seq % 10 === 9)
        for (let told = seq - 8; told <= seq; told++) assert.equal((await stream.next()).data.seq, told)
    }
    await move(id, 'completed')
    assert.deepEqual(names(await stream.rest()), ['completed'])
  })

  test('resumes in the middle of the output', async () => {
    const id = await submit({ state: 'dispatched' })
    await output(id, 0, 'a')
    await output(id, 1, 'b')
    const path = `executions/stream?execution_id=${id}&output=true`
    const first = await open(path)
    await first.next()
    await first.next()
    const piece = await first.next()
    assert.equal(piece.data.seq, 0)
    first.close()
    await output(id, 2, 'c')
    await move(id, 'failed')
    const again = await open(path, { 'last-event-id': piece.id! })
    const rest = (await again.rest()).slice(1)
    assert.deepEqual(names(rest), ['output', 'output', 'failed'])
    assert.deepEqual(
      rest.slice(0, 2).map((event) => event.data.seq),
      [1, 2],
    )
    const after = await open(path, { 'last-event-id': rest.at(-1)!.id! })
    assert.deepEqual(
      (await after.rest()).map((event) => event.name),
      ['x_exec.connection.connected'],
    )
  })

  test('resumes where it was also after the id of `connected`', async () => {
    const id = await submit({ state: 'dispatched' })
    await output(id, 0, 'a')
    await output(id, 1, 'b')
    const path = `executions/stream?execution_id=${id}&output=true`
    const first = await open(path)
    const [, , , second] = [await first.next(), await first.next(), await first.next(), await first.next()]
    assert.equal(second?.data.seq, 1)
    first.close()
    // Cut again before anything else was told.
    const cut = await open(path, { 'last-event-id': second.id! })
    const connected = await cut.next()
    assert.equal(connected.id, second.id)
    cut.close()
    await output(id, 2, 'c')
    await move(id, 'completed')
    const again = await open(path, { 'last-event-id': connected.id! })
    const rest = (await again.rest()).slice(1)
    assert.deepEqual(names(rest), ['output', 'completed'])
    assert.equal(rest[0]?.data.seq, 2)
  })

  test('begins the output anew with a new attempt', async () => {
    const id = await submit({ state: 'dispatched' })
    await output(id, 0, 'lost')
    const stream = await open(`executions/stream?execution_id=${id}&output=true`)
    await stream.next()
    await stream.next()
    assert.equal(Buffer.from((await stream.next()).data.data, 'base64').toString(), 'lost')
    await move(id, 'queued')
    await move(id, 'dispatched', { attempt: 2 })
    await output(id, 0, 'found', 1, 2)
    await move(id, 'completed')
    const rest = await stream.rest()
    const pieces = rest.filter((event) => event.name.endsWith('output'))
    assert.deepEqual(
      pieces.map((event) => Buffer.from(event.data.data, 'base64').toString()),
      ['found'],
    )
    assert.equal(names(rest).at(-1), 'completed')
  })

  test('without output tells the states only', async () => {
    const id = await submit({ state: 'dispatched' })
    await output(id, 0, 'x')
    await move(id, 'completed')
    const stream = await open(`executions/stream?execution_id=${id}`)
    assert.deepEqual(names(await stream.rest()).slice(1), ['started', 'completed'])
  })
})

describe('the stream of a key', () => {
  const path = 'executions/stream?workspace=prod'
  const keys = '/acme/v1/management/api-keys'
  // No heartbeat comes, so what would wait for one does not end.
  const atOnce = { timeout: 180_000 }
  before(() => {
    const { after: later } = router.clock
    router.clock.after = (ms, run) => later(ms === heartbeatSeconds * 1000 ? 2 ** 31 - 1 : ms, run)
  })
  const follow = async (query = path) => {
    const { id, key } = await router.makeKey({})
    const stream = await open(query, {}, key)
    await stream.next()
    return { id, stream }
  }

  test('ends with it, and tells nothing more', atOnce, async () => {
    for (const stop of [
      (id: string) => router.call('DELETE', `${keys}/${id}`),
      (id: string) => router.call('PUT', `${keys}/${id}/ip-filter`, { body: { block: ['127.0.0.1'] } }),
    ])
      for (const query of [path, 'approvals/stream']) {
        const { id, stream } = await follow(query)
        assert.equal((await stop(id)).status, 200)
        await submit()
        assert.deepEqual(await stream.rest(), [])
      }
  })

  test('goes on when another key is revoked', atOnce, async () => {
    const { stream } = await follow()
    await router.call('DELETE', `${keys}/${(await router.makeKey({})).id}`)
    const id = await submit()
    assert.equal((await stream.next()).data.id, id)
    stream.close()
  })

  test('tells nothing when it is revoked while the stream opens', atOnce, async () => {
    const { id, key } = await router.makeKey({})
    const { workspaces } = router.core
    router.core.workspaces = {
      ...workspaces,
      async find(...asked) {
        await router.call('DELETE', `${keys}/${id}`)
        return workspaces.find(...asked)
      },
    }
    const stream = await open(path, {}, key)
    router.core.workspaces = workspaces
    assert.deepEqual(await stream.rest(), [])
  })
})

test('a stream is closed when the router stops, and streams of a project are limited', async () => {
  const mine = await startApiForTests()
  const url = `${mine.url}/acme/v1/exec/executions/stream`
  const headers = { authorization: `Bearer ${mine.key}` }
  const streams = await Promise.all(Array.from({ length: limits.streamsPerProject }, () => fetch(url, { headers })))
  assert.ok(streams.every((response) => response.status === 200))
  const one = await fetch(url, { headers })
  assert.deepEqual([one.status, one.headers.get('retry-after')], [429, String(heartbeatSeconds)])
  await one.body?.cancel()
  const ends = Promise.all(streams.map((response) => response.text()))
  await mine.stop()
  assert.equal((await ends).length, limits.streamsPerProject)
})
