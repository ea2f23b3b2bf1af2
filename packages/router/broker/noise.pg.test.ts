import assert from 'node:assert/strict'
import { randomBytes, randomInt } from 'node:crypto'
import { test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { type BareAgent, bareAgent } from '@xerotier/devkit/bare-agent.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { wireVersion } from '@xerotier/protocol/wire.ts'
import { packMessage } from '@xerotier/runtime/msgpack.ts'
import { agents, enrolled, ownRouter, resultOf, serving, stillServes, submit, system } from './wire.fixture.ts'

ownRouter()

setFlagsFromString('--expose-gc')
const gc = runInNewContext('gc') as () => void

test('truncated, oversized and unknown messages are dropped and the session lives', async () => {
  const { agent, workspace, keys } = await serving()
  const signed = (body: Buffer) => [body, keys.signing.sign(body)]
  const whole = packMessage({ v: wireVersion, s: agent.session, n: 1000, f: [{ t: 'goodbye', reason: '' }] })
  for (let length = 0; length < whole.length; length++) await agent.sendParts(signed(whole.subarray(0, length)))
  await agent.sendParts([whole])
  await agent.sendParts([whole, Buffer.alloc(64), Buffer.alloc(1)])
  await agent.sendParts([whole, Buffer.alloc(63)])
  await agent.send([{ t: 'no_such_frame' }, null, 7, [], { t: 'dispatch' }, { t: 'result' }] as unknown[])
  await agent.send(Array.from({ length: limits.framesPerMessage + 1 }, () => ({ t: 'goodbye', reason: '' })))
  const waiting = submit(workspace, 't_read', 60)
  await agent.send([resultOf(await agent.next('dispatch'))])
  assert.equal((await waiting).state, 'completed')
  // An oversized message costs its connection, and nothing else.
  await agent.sendParts([Buffer.alloc(limits.messageBytes + 1), Buffer.alloc(64)])
  await stillServes()
})

test('100,000 random messages neither stop the router nor make it grow', { timeout: 300_000 }, async () => {
  const { keys, enrollment } = await serving()
  const held = () => {
    gc()
    const { heapUsed, external } = process.memoryUsage()
    return heapUsed + external
  }
  /** From many sessions, one after the other: each has a budget for such messages. */
  const batch = async (messages: number) => {
    for (let sent = 0; sent < messages; sent += perSession) {
      const noisy = bareAgent(keys, enrollment, [])
      agents.push(noisy)
      await noisy.open()
      for (let i = 0; i < perSession; i++) await noisy.sendParts(randomMessage(noisy, keys.signing.sign))
      agents.pop()?.close()
    }
  }
  await batch(20_000)
  const before = held()
  await batch(40_000)
  await batch(40_000)
  const grown = (held() - before) / 1024 / 1024
  assert.ok(grown < 8, `grew by ${grown.toFixed(0)} MiB`)
  await stillServes()
})

const perSession = limits.wastePerConnection / 4

/**
 * Noise of several depths: bytes; MessagePack of anything; envelopes around anything; truncated and
 * mutated real messages.
 */
function randomMessage(agent: BareAgent, sign: (bytes: Uint8Array) => Buffer): Buffer[] {
  const noise = () => randomBytes(randomInt(0, 120))
  const anything = (): unknown =>
    [
      null,
      randomInt(0, 1 << 30),
      noise(),
      noise().toString('latin1'),
      [1, 2],
      { t: 'result' },
      { t: 'output', data: noise() },
      { t: 'hello', agent_id: 'agt_none1' },
    ][randomInt(0, 8)]
  switch (randomInt(0, 5)) {
    case 0:
      return [noise(), noise()]
    case 1:
      return [packMessage(anything()), Buffer.alloc(64)]
    case 2:
      return [
        packMessage({ v: wireVersion, s: agent.session, n: randomInt(0, 1 << 30), f: [anything()] }),
        randomBytes(64),
      ]
    case 3:
      return [packMessage({ v: wireVersion, s: '', n: 0, f: [anything()] }), randomBytes(64)]
    default: {
      const body = packMessage({ v: wireVersion, s: agent.session, n: randomInt(0, 1000), f: [anything(), anything()] })
      body[randomInt(0, body.length)] = randomInt(0, 256)
      return [body, randomInt(0, 100) === 0 ? sign(body) : Buffer.alloc(64)]
    }
  }
}

test('an enrolled agent that floods loses its budget, then its session, and waits longer each time', async () => {
  const { agent, keys, enrollment } = await serving()
  const { agent_id } = enrollment
  const nonsense = Array.from({ length: limits.framesPerMessage }, () => ({ t: 'no_such_frame' }))
  for (let sent = 0; sent <= 1.5 * limits.wastePerConnection; sent += nonsense.length) await agent.send(nonsense)
  const refused = await agent.next('session_refused')
  assert.deepEqual([refused.code, refused.retry_after_ms], ['session_unknown', 10_000])
  assert.equal(system.router.core.fleet.get(system.projectId, agent_id), undefined)
  const again = bareAgent(keys, enrollment, [])
  agents.push(again)
  const answer = await again.offer()
  assert.ok(answer.t === 'session_refused' && answer.code === 'handshake_expired', answer.t)
  assert.ok((answer.retry_after_ms ?? 0) > 5_000 && (answer.retry_after_ms ?? 0) <= 10_000)
  await stillServes()
})

test('hellos without end cost a connection its hearing, and nobody else', async () => {
  const { keys, enrollment } = await enrolled()
  const loud = bareAgent(keys, enrollment, [])
  agents.push(loud)
  const hello = packMessage({ v: wireVersion, s: '', n: 0, f: [{ t: 'hello', agent_id: enrollment.agent_id }] })
  for (let i = 0; i < 2 * limits.wastePerConnection; i++) await loud.sendParts([hello, Buffer.alloc(64)])
  await stillServes()
  const challenges = loud.waiting.filter((frame) => frame.t === 'challenge').length
  // What it may send grows a little while it sends.
  assert.ok(challenges <= 1.5 * limits.wastePerConnection, `${challenges} were answered`)
})
