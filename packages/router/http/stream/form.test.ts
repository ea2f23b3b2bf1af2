import assert from 'node:assert/strict'
import { Writable } from 'node:stream'
import { test } from 'node:test'
import { settableClock } from '@xerotier/devkit/settable-clock.ts'
import { silentLog } from '@xerotier/runtime/log.ts'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { serviceKeyActor } from '../../domain/actor.ts'
import type { Admission } from '../../domain/admission.ts'
import { createStreams } from './streams.ts'

test('a stream beats as often as its form says, and ends after its longest time', async () => {
  const clock = settableClock()
  let written = ''
  const sink = new Writable({
    write(bytes, _, done) {
      written += String(bytes)
      done()
    },
  })
  const raw = Object.assign(sink, { writeHead() {} })
  const reply = { raw, getHeaders: () => ({}), hijack() {} } as unknown as FastifyReply
  const admission: Admission = {
    actor: serviceKeyActor(
      { id: 'key_1', name: 'k' },
      { projectId: 'proj_1', door: 'dashboard', scopes: [], workspaces: null },
    ),
    validUntil: Number.POSITIVE_INFINITY,
    ask: async () => true,
    onChange: () => () => undefined,
  }
  const form = { connected: 'hello', heartbeat: 'beat', heartbeatSeconds: 30, longestSeconds: 3600 }
  const start = () => ({ ready: Promise.resolve('1-1' as const), close() {} })
  await createStreams({ clock, log: silentLog }).serve(admission, { id: 'r' } as FastifyRequest, reply, start, form)
  const beats = () => written.split('event: beat').length - 1
  assert.match(written, /^event: hello\nid: 1-1\ndata: \{\}\n\n$/)
  await clock.advanceThroughWork(29_999)
  assert.equal(beats(), 0)
  await clock.advanceThroughWork(1)
  assert.equal(beats(), 1)
  await clock.advanceThroughWork(3_569_999)
  assert.equal(raw.writableEnded, false)
  await clock.advanceThroughWork(1)
  assert.equal(raw.writableEnded, true)
})
