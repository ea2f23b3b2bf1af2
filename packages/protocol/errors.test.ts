import assert from 'node:assert/strict'
import { test } from 'node:test'
import { errors, Fault } from './errors.ts'
import { routes } from './routes.ts'

test('each error has a code in snake case, a sentence and an advice', () => {
  for (const [code, { status, message, advice }] of Object.entries(errors)) {
    assert.match(code, /^[a-z]+(_[a-z]+)*$/)
    assert.ok(status >= 400 && status < 600, code)
    assert.match(message, /^[A-Z].*\.$/, code)
    assert.match(advice.say, /^[A-Z].*\.$/, code)
  }
})

test('the action of an advice has a label, a line and a route of the table', () => {
  for (const [code, { advice }] of Object.entries(errors)) {
    if (advice.action === undefined) continue
    const { label, xeroctl, route } = advice.action
    assert.notEqual(advice.say, `${label}.`, `${code}: says it twice`)
    assert.match(label, /^[A-Z][a-z ]+$/, code)
    assert.match(xeroctl, /^xeroctl [^`]+$/, code)
    assert.ok(route in routes, `${code}: ${route}`)
  }
})

test('a 429 always says how long to wait and how to pace retries', () => {
  const { error } = new Fault('rate_limit_exceeded', { retryAfter: 7 }).toEnvelope()
  assert.equal(error.retry_after, 7)
  assert.deepEqual(error.retry_strategy, {
    type: 'exponential_backoff',
    initial_delay_ms: 7000,
    max_delay_ms: 30_000,
    multiplier: 2,
    jitter: true,
  })
  assert.equal(new Fault('capacity_exceeded').toEnvelope().error.retry_after, 1)
})

test('the cause of a fault never reaches its envelope', () => {
  const fault = new Fault('internal_error', { cause: new Error('password=hunter2') })
  assert.doesNotMatch(JSON.stringify(fault.toEnvelope()), /hunter2/)
})
