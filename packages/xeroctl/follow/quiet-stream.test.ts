// A proxy that buffers: streams stay silent, everything else works.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openEvents } from '@xerotier/client/scripted-server.fixture.ts'
import { systemSurroundings } from '@xerotier/client/surroundings.ts'
import { invoke, oneCall } from './one-call.fixture.ts'

/** Waits below the timeout of a request are over at once. */
const soon = {
  after: (ms: number, callback: () => void) => systemSurroundings.after(ms < 10_000 ? 0 : ms, callback),
}

test('a call whose stream stays silent is followed by its record: its approval is told, and its end', async (t) => {
  const call = oneCall()
  const { answer } = call
  call.record = { ...call.record, state: 'pending_approval', approval_id: 'ap' }
  call.raw.stdout = 'all of it\n'
  call.answer = (request, response) => {
    // The head arrives, and nothing behind it.
    if (request.path.startsWith('/exec/executions/stream')) return openEvents(response)
    answer(request, response)
  }
  const { code, stdout, stderr } = await invoke(t, call, ['--follow'], {
    surroundings: soon,
    onOutput(_, text) {
      if (text.includes('approve:')) call.record = { ...call.record, state: 'completed', stdout_bytes: 10 }
    },
  })
  assert.deepEqual([code, stdout], [0, 'all of it\n'], stderr)
  assert.match(stderr, /waiting for approval .*\n.*\n {2}approve: /)
})

test('a call whose stream cannot be opened is followed by its record', async (t) => {
  const call = oneCall()
  const { answer } = call
  let looks = 0
  call.answer = (request, response) => {
    if (request.path.startsWith('/exec/executions/stream')) return void response.destroy()
    if (request.path === '/exec/executions/exe_1' && ++looks === 3) call.record = { ...call.record, state: 'failed' }
    answer(request, response)
  }
  const { code, stderr } = await invoke(t, call, ['--follow'], { surroundings: soon })
  assert.equal(code, 10, stderr)
  assert.match(stderr, /^the event stream does not come through; asking for the record instead$/m)
})

test('a router that is gone is still one that cannot be reached', async (t) => {
  const call = oneCall()
  const { answer } = call
  call.answer = (request, response) => {
    if (request.path.startsWith('/exec/executions')) return void response.destroy()
    answer(request, response)
  }
  assert.equal((await invoke(t, call, ['--follow'], { surroundings: soon })).code, 7)
})
