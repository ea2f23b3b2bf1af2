import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exitCodes } from '../exit-codes.ts'
import type { execution } from '../records.fixture.ts'
import { invoke, oneCall } from './one-call.fixture.ts'

test('output that the stream did not bring is completed from the record, each byte once', async (t) => {
  const call = oneCall()
  call.raw.stdout = 'first second\n'
  call.onStream = (response) => {
    call.output(response, 0, 'first ')
    call.output(response, 0, 'first ')
    call.move(response, 'completed', { stdout_bytes: 13 })
  }
  assert.equal((await invoke(t, call)).stdout, 'first second\n')
})

test('behind a hole in the live output the rest comes from the record, and nothing is missing', async (t) => {
  const call = oneCall()
  call.raw.stdout = 'abc'
  call.onStream = (response) => {
    call.output(response, 0, 'a')
    call.output(response, 2, 'c')
    call.move(response, 'completed', { stdout_bytes: 3 })
  }
  const { code, stdout } = await invoke(t, call)
  assert.deepEqual([code, stdout], [0, 'abc'])
})

const mebibyte = 1024 * 1024
const overflow = (name: string, bytes: number) => ({
  id: `cart_${name}`,
  object: 'artifact' as const,
  media_type: 'text/plain',
  name,
  bytes,
  created_at: '2026-05-01T12:00:00.000Z',
})

/** A call that wrote more than a record holds. */
function long(change: Parameters<typeof execution>[0] = {}) {
  const call = oneCall()
  call.raw = { stdout: 'x'.repeat(mebibyte + 500), stderr: 'e'.repeat(70) }
  call.onStream = (response) => {
    call.output(response, 0, 'x'.repeat(mebibyte))
    const artifacts = [overflow('stdout.log', 500), overflow('stderr.log', 70), overflow('report.pdf', 9000)]
    call.move(response, 'completed', { stdout_bytes: mebibyte + 500, stderr_bytes: 70, artifacts, ...change })
  }
  return call
}

test('a script gets all of the output, also what a record does not hold', async (t) => {
  const { code, stdout, stderr } = await invoke(t, long())
  assert.deepEqual([code, stdout.length], [0, mebibyte + 500])
  assert.ok(stderr.includes('e'.repeat(70)))
  assert.doesNotMatch(stderr, /more bytes|not exactly/)
})

test('on a terminal, and in a record, it is counted at the end with the command that prints it', async (t) => {
  for (const [words, options] of [
    [['--follow'], { terminal: 80 }],
    [['--follow', '-o', 'json'], {}],
  ] as const) {
    const { code, stderr, server } = await invoke(t, long(), [...words, '--no-color'], options)
    assert.equal(code, 0)
    assert.match(stderr, /^570 more bytes of output were not shown here; all of it: xeroctl exec raw exe_1$/m)
    assert.ok(server.seen.every(({ path }) => !path.includes('/raw')))
  }
})

test('the exit code says when a script did not get exactly what the call wrote', async (t) => {
  const cut = await invoke(t, long({ truncated: true, stdout_bytes: 17 * mebibyte }))
  assert.equal(cut.code, exitCodes.incomplete.code)
  assert.match(cut.stderr, /^what stands on stdout is not exactly the output of this call$/m)
  const twice = oneCall()
  twice.onStream = (response) => {
    twice.output(response, 0, 'first run ')
    twice.move(response, 'queued')
    twice.output(response, 0, 'second run')
    twice.move(response, 'completed', { stdout_bytes: 10 })
  }
  assert.equal((await invoke(t, twice)).code, exitCodes.incomplete.code)
  assert.equal((await invoke(t, twice, ['--follow'], { terminal: 80 })).code, 0)
  const failed = long({ truncated: true })
  const { onStream } = failed
  failed.onStream = (response, count) => {
    onStream(response, count)
    failed.record.state = 'failed'
  }
  assert.equal((await invoke(t, failed)).code, exitCodes.failed.code)
})

test('output that cannot be read to its end is a failure, whatever the call did', async (t) => {
  const call = long()
  const { answer } = call
  call.answer = (request, response) => {
    if (!request.path.includes('/raw')) return answer(request, response)
    response.writeHead(200, { 'content-length': '5000000' }).write('xxx')
    setImmediate(() => response.destroy())
  }
  assert.equal((await invoke(t, call)).code, exitCodes.network.code)
})

test('the kept output of a call whose agent never reported its end is counted', async (t) => {
  const call = oneCall()
  call.onStream = (response) => {
    call.output(response, 0, 'x'.repeat(mebibyte))
    call.move(response, 'ambiguous', { artifacts: [overflow('stdout.log', 500)] })
  }
  const { stderr } = await invoke(t, call, ['--follow', '--no-color'], { terminal: 80 })
  assert.match(stderr, /^500 more bytes of output were not shown here/m)
})

test('output beyond all limits is named as lost', async (t) => {
  const call = oneCall()
  call.onStream = (response) => {
    call.output(response, 0, 'x'.repeat(mebibyte))
    const artifacts = [overflow('stdout.log', 15 * mebibyte)]
    call.move(response, 'completed', { stdout_bytes: 16 * mebibyte + 44, truncated: true, artifacts })
  }
  const { stderr } = await invoke(t, call, ['--follow', '--no-color'], { terminal: 80 })
  assert.match(stderr, /output truncated/)
  assert.match(stderr, /^15728640 more bytes of output .* xeroctl exec raw exe_1$/m)
  assert.match(stderr, /^44 bytes beyond the first 16 MiB of output were not kept$/m)
})

test('the output of a followed call steers no terminal, and a script gets it as it is', async (t) => {
  const steering = '\u001b]0;owned\u0007\u009b2J'
  const call = oneCall()
  call.raw.stdout = `${steering}first${steering}rest`
  call.onStream = (response) => {
    call.output(response, 0, `${steering}first`)
    call.output(response, 1, steering, 'stderr')
    const result = { said: steering }
    call.record = { ...call.record, stdout_bytes: Buffer.byteLength(call.raw.stdout!), stderr_bytes: 14, result }
    call.move(response, 'completed')
  }
  const script = await invoke(t, call)
  assert.equal(script.stdout, call.raw.stdout)
  assert.ok(script.stderr.includes(steering))
  const terminal = await invoke(t, call, ['--follow', '--no-color'], { terminal: 80 })
  assert.doesNotMatch(terminal.stdout + terminal.stderr, /[\u001b\u0007\u009b]/)
  assert.match(terminal.stdout, /\]0;owned.*first.*rest$/)
  // A value that is printed in place of output.
  call.onStream = (response) => {
    call.record = { ...call.record, stdout_bytes: 0, stderr_bytes: 0 }
    call.move(response, 'completed')
  }
  const value = await invoke(t, call, ['--follow', '--no-color'], { terminal: 80 })
  assert.match(value.stdout, /owned/)
  assert.doesNotMatch(value.stdout, /[\u001b\u0007\u009b]/)
})
