import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLog } from './log.ts'

function lines(write: (log: ReturnType<typeof createLog>) => void): Record<string, unknown>[] {
  const written: Record<string, unknown>[] = []
  write(
    createLog({ level: 'info', name: 'test', destination: { write: (line) => void written.push(JSON.parse(line)) } }),
  )
  return written
}

test('a line carries its fields, its level by name and the time', () => {
  const [line] = lines((log) => log.with({ execution_id: 'e1' }).notice({ tool: 't' }, 'said'))
  assert.deepEqual([line?.level, line?.execution_id, line?.tool, line?.msg], ['notice', 'e1', 't', 'said'])
  assert.match(String(line?.time), /^\d{4}-\d\d-\d\dT.*Z$/)
})

test('what is milder than the level is not written', () => {
  assert.deepEqual(
    lines((log) => log.debug({}, 'no')),
    [],
  )
})

test('fields that hold a secret are masked, one level down too, and by a child log', () => {
  const fields = { token: 'xyzzy', request: { authorization: 'xyzzy', path: '/' }, join_key: 'xyzzy', fine: 1 }
  const written = lines((log) => {
    log.info(fields, 'one')
    log.with({ api_key: 'xyzzy' }).info({}, 'two')
  })
  assert.doesNotMatch(JSON.stringify(written), /xyzzy/)
  assert.deepEqual(written[0]?.request, { authorization: '[secret]', path: '/' })
  assert.equal(fields.token, 'xyzzy', 'the caller keeps its own')
})

test('an error is written with its message and stack', () => {
  const [line] = lines((log) => log.error({ error: new Error('broken') }, 'failed'))
  assert.match(JSON.stringify(line), /"message":"broken"/)
})

test('an error is told by message, stack, code and cause, not by whatever hangs on it', () => {
  const cause = Object.assign(new Error('reset'), { code: 'ECONNRESET', client: { secretKey: 4711 } })
  const error = Object.assign(new AggregateError([cause], 'lost', { cause }), {
    detail: 'Failing row contains (xyzzy)',
  })
  const text = JSON.stringify(lines((log) => log.warning({ error }, 'a connection was lost')))
  for (const told of ['"message":"lost"', '"message":"reset"', '"code":"ECONNRESET"', 'log.test']) {
    assert.ok(text.includes(told), told)
  }
  assert.doesNotMatch(text, /4711|xyzzy/)
})

test('an error that is its own cause is written', () => {
  const error = new Error('round')
  error.cause = error
  assert.equal(lines((log) => log.error({ error }, 'failed')).length, 1)
})
