import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { type TestContext, test } from 'node:test'
import { ApiError, ConnectionError, InputError } from './api-error.ts'
import { createClient } from './client.ts'
import type { EventStreamOptions, StreamState } from './event-stream.ts'
import { handTimers } from './hand-timers.fixture.ts'
import { openEvents, refusal, scriptedServer, sendEvent } from './scripted-server.fixture.ts'
import { streamData } from './streams.data.ts'

const silenceMs = streamData.heartbeatSeconds * 2500

async function stream(t: TestContext, answer: Parameters<typeof scriptedServer>[0], options: EventStreamOptions = {}) {
  const server = await scriptedServer(answer)
  t.after(() => server.close())
  const timers = handTimers(20_000)
  const client = createClient({ baseUrl: server.baseUrl, surroundings: timers })
  const states: StreamState[] = []
  const events = client.events('approvals.stream', {}, { onState: (state) => states.push(state), ...options })
  return { server, timers, events, states }
}

test('events arrive with their id, name and data', async (t) => {
  const { events } = await stream(t, (_, response) => {
    openEvents(response)
    response.write(': comment\n\nid: 7\nevent: x_exec.approval.requested\ndata: {"a":\ndata: 1}\n\n')
  })
  const { value } = await events.next()
  assert.deepEqual(value, { id: '7', event: 'x_exec.approval.requested', data: '{"a":\n1}' })
  await events.return(undefined)
})

test('an event that is cut in two by the network is put together', async (t) => {
  const { events } = await stream(t, (_, response) => {
    openEvents(response)
    response.write('id: 1\nevent: e\ndata: {"word":"caf')
    setImmediate(() => response.write(Buffer.from([0xc3])))
    setImmediate(() => setImmediate(() => response.write(Buffer.concat([Buffer.from([0xa9]), Buffer.from('"}\n\n')]))))
  })
  assert.equal((await events.next()).value?.data, '{"word":"café"}')
  await events.return(undefined)
})

test('a position that no header can carry is refused before anything is sent', async (t) => {
  for (const lastEventId of ['7\n', 'é']) {
    const { events, server } = await stream(t, (_, response) => openEvents(response), { lastEventId })
    await assert.rejects(events.next(), (error) => error instanceof InputError && /last event id/.test(error.message))
    assert.equal(server.seen.length, 0)
  }
})

test('a cut stream resumes behind the last event, and says what happened', async (t) => {
  const { events, server, states } = await stream(t, (_, response) => {
    openEvents(response)
    sendEvent(response, String(server.seen.length * 10), 'e', {})
    if (server.seen.length === 1) setImmediate(() => response.destroy())
  })
  assert.equal((await events.next()).value?.id, '10')
  assert.equal((await events.next()).value?.id, '20')
  assert.deepEqual(
    server.seen.map(({ headers }) => headers['last-event-id']),
    [undefined, '10'],
  )
  assert.deepEqual(
    states.map(({ state }) => state),
    ['connected', 'lost', 'connected'],
  )
  await events.return(undefined)
})

test('a stream that the router ends is opened again', async (t) => {
  const { events, server } = await stream(t, (_, response) => {
    openEvents(response)
    sendEvent(response, String(server.seen.length), 'e', {})
    response.end()
  })
  await events.next()
  assert.equal((await events.next()).value?.id, '2')
  await events.return(undefined)
})

test('silence for two and a half heartbeats is taken for a cut', async (t) => {
  const { events, server, timers } = await stream(
    t,
    (_, response) => {
      openEvents(response)
      if (server.seen.length === 2) sendEvent(response, '2', 'e', {})
    },
    {
      onState: (state) => {
        if (state.state === 'connected' && server.seen.length === 1) setImmediate(() => timers.runOut(silenceMs))
      },
    },
  )
  assert.equal((await events.next()).value?.id, '2')
  await events.return(undefined)
})

test('a heartbeat is a sign of life without being an event', async (t) => {
  let opened: ServerResponse | undefined
  const { events, timers } = await stream(t, (_, response) => {
    opened = response
    openEvents(response)
    response.write(': still here\n\n')
  })
  const { after } = timers
  let measured = 0
  timers.after = (ms, callback) => {
    // Silence is measured anew after the heartbeat; only then does the event follow.
    if (ms === silenceMs && ++measured === 2) sendEvent(opened!, '1', 'e', {})
    return after(ms, callback)
  }
  assert.equal((await events.next()).value?.id, '1')
  await events.return(undefined)
})

test('a stream that ends is taken up again behind the last event, after a pause', async (t) => {
  const { events, server, timers } = await stream(t, (_, response) => {
    openEvents(response)
    sendEvent(response, String(server.seen.length), 'e', {})
    response.end()
  })
  for (const id of ['1', '2', '3']) assert.equal((await events.next()).value?.id, id)
  assert.deepEqual(
    server.seen.map(({ headers }) => headers['last-event-id']),
    [undefined, '1', '2'],
  )
  assert.deepEqual(
    timers.asked.filter((ms) => ms < 20_000),
    [250, 250],
  )
  await events.return(undefined)
})

test('the wait that the router names in `retry:` is kept', async (t) => {
  const { events, server, timers } = await stream(t, (_, response) => {
    openEvents(response)
    response.write('retry: 4000\n\n')
    sendEvent(response, String(server.seen.length), 'e', {})
    response.end()
  })
  await events.next()
  await events.next()
  assert.ok(timers.asked.includes(2000), `half of it at least: ${timers.asked}`)
  await events.return(undefined)
})

test('a refusal ends the stream with what the router said', async (t) => {
  const { events, server } = await stream(t, (_, response) => refusal(response, 403, 'scope_insufficient'))
  await assert.rejects(events.next(), (error) => error instanceof ApiError && error.code === 'scope_insufficient')
  assert.equal(server.seen.length, 1)
})

test('a router that names a time is not asked before it', async (t) => {
  const { events, server, timers } = await stream(t, (_, response) => {
    if (server.seen.length === 2) return refusal(response, 429, 'rate_limit_exceeded', { retry_after: 11 })
    openEvents(response)
    sendEvent(response, String(server.seen.length), 'e', {})
    response.end()
  })
  for (const id of ['1', '3']) assert.equal((await events.next()).value?.id, id)
  assert.ok(timers.asked.includes(11_000))
  await events.return(undefined)
})

test('at first nobody waits for as long as a quota', async (t) => {
  const { events, server } = await stream(t, (_, response) =>
    refusal(response, 429, 'rate_limit_exceeded', { retry_after: 600 }),
  )
  await assert.rejects(events.next(), (error) => error instanceof ApiError && error.retryAfter === 600)
  assert.equal(server.seen.length, 1)
})

test('a router that is not there is given three attempts at first', async (t) => {
  const { events, server, states } = await stream(t, (_, response) => void response.destroy())
  await assert.rejects(events.next(), ConnectionError)
  assert.deepEqual([server.seen.length, states.length], [3, 2])
})

test('a router that does not come back is given up after so many attempts', async (t) => {
  let first: ServerResponse | undefined
  const { events, server } = await stream(
    t,
    (_, response) => {
      if (first !== undefined) return void response.destroy()
      first = response
      openEvents(response)
      sendEvent(response, '1', 'e', {})
      setImmediate(() => response.destroy())
    },
    { attempts: 4 },
  )
  await events.next()
  await assert.rejects(events.next(), ConnectionError)
  assert.equal(server.seen.length, 1 + 4)
})

test('a reader that stops reading closes the connection', async (t) => {
  let closed: Promise<unknown> | undefined
  const { events } = await stream(t, (_, response) => {
    closed = once(response, 'close')
    openEvents(response)
    sendEvent(response, '1', 'e', {})
  })
  for await (const _ of events) break
  await closed
})

test('the signal ends the stream without an error, also while it waits', async (t) => {
  const stop = new AbortController()
  const { events } = await stream(t, (_, response) => openEvents(response), {
    signal: stop.signal,
    onState: () => setImmediate(() => stop.abort()),
  })
  assert.deepEqual(await events.next(), { done: true, value: undefined })
})

test('a stream that is silent before its greeting, or beyond a heartbeat, is told so until something is heard', async (t) => {
  let response: ServerResponse | undefined
  const opened = Promise.withResolvers<void>()
  const server = await scriptedServer((_, answer) => {
    openEvents(answer)
    response = answer
    opened.resolve()
  })
  t.after(() => server.close())
  // Of these waits none ends by itself.
  const timers = handTimers(2_000)
  const client = createClient({ baseUrl: server.baseUrl, surroundings: timers })
  let quiet = 0
  const events = client.events('approvals.stream', {}, { onQuiet: () => quiet++ })
  const hear = async (id: string) => {
    const next = events.next()
    await opened.promise
    if (response !== undefined) sendEvent(response, id, 'e', {})
    assert.equal((await next).value?.id, id)
  }
  const first = events.next()
  await opened.promise
  timers.runOut(3_000)
  timers.runOut(3_000)
  assert.equal(quiet, 2)
  if (response !== undefined) sendEvent(response, '1', 'e', {})
  await first
  assert.throws(() => timers.runOut(3_000))
  timers.runOut((streamData.heartbeatSeconds * 4000) / 3)
  timers.runOut(3_000)
  assert.equal(quiet, 4)
  await hear('2')
  await events.return(undefined)
})
