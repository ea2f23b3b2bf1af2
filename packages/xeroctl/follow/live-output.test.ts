import assert from 'node:assert/strict'
import { test } from 'node:test'
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

test('a hole in the live output is named instead of hidden', async (t) => {
  const call = oneCall()
  call.onStream = (response) => {
    call.output(response, 0, 'a')
    call.output(response, 2, 'c')
    call.move(response, 'completed', { stdout_bytes: 3 })
  }
  const { stdout, stderr } = await invoke(t, call)
  assert.equal(stdout, 'ac')
  assert.match(stderr, /exec raw exe_1/)
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

test('output beyond what a record keeps is counted at the end, with the command that prints it', async (t) => {
  const call = oneCall()
  call.onStream = (response) => {
    call.output(response, 0, 'x'.repeat(mebibyte))
    const artifacts = [overflow('stdout.log', 500), overflow('stderr.log', 70), overflow('report.pdf', 9000)]
    call.move(response, 'completed', { stdout_bytes: mebibyte + 500, stderr_bytes: 70, artifacts })
  }
  for (const format of ['table', 'json']) {
    const { stderr, stdout, server } = await invoke(t, call, ['--follow', '-o', format])
    assert.match(stderr, /^570 more bytes of output were not shown here; all of it: xeroctl exec raw exe_1$/m)
    assert.doesNotMatch(stderr, /truncated|not kept/)
    if (format === 'table') assert.equal(stdout.length, mebibyte)
    assert.ok(server.seen.every(({ path }) => !path.includes('/raw')))
  }
})

test('what a cut connection left out counts too when there is more than a record keeps', async (t) => {
  const call = oneCall()
  call.onStream = (response) => {
    call.output(response, 0, 'first ')
    const artifacts = [overflow('stdout.log', 500)]
    call.move(response, 'completed', { stdout_bytes: mebibyte + 500, artifacts })
  }
  const { stdout, stderr } = await invoke(t, call)
  assert.equal(stdout, 'first ')
  assert.match(stderr, new RegExp(`^${mebibyte + 500 - 6} more bytes of output`, 'm'))
})

test('the kept output of a call whose agent never reported its end is counted', async (t) => {
  const call = oneCall()
  call.onStream = (response) => {
    call.output(response, 0, 'x'.repeat(mebibyte))
    call.move(response, 'ambiguous', { artifacts: [overflow('stdout.log', 500)] })
  }
  assert.match((await invoke(t, call)).stderr, /^500 more bytes of output were not shown here/m)
})

test('output beyond all limits is named as lost', async (t) => {
  const call = oneCall()
  call.onStream = (response) => {
    call.output(response, 0, 'x'.repeat(mebibyte))
    const artifacts = [overflow('stdout.log', 15 * mebibyte)]
    call.move(response, 'completed', { stdout_bytes: 16 * mebibyte + 44, truncated: true, artifacts })
  }
  const { stderr } = await invoke(t, call)
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
