import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'
import { test } from 'node:test'
import { refusal, scriptedServer, sendEvent } from '@xerotier/client/scripted-server.fixture.ts'
import { systemSurroundings } from '@xerotier/client/surroundings.ts'
import type { ExecutionState } from '@xerotier/protocol/lifecycles/execution.ts'
import { approval, askedNothing, execution, tool } from '../records.fixture.ts'
import { envFor, xeroctl } from '../run.fixture.ts'
import { invoke, oneCall } from './one-call.fixture.ts'

test('a followed call brings its output as it comes, and its end as exit code', async (t) => {
  const call = oneCall()
  call.onStream = (response) => {
    call.move(response, 'running', { agent: 'xem-jumphost-01' })
    call.output(response, 0, 'one\n')
    call.output(response, 1, 'oops\n', 'stderr')
    call.output(response, 2, 'two\n')
    call.move(response, 'completed', { exit_code: 0, duration_ms: 1200, stdout_bytes: 8, stderr_bytes: 5 })
  }
  const { code, stdout, stderr } = await invoke(t, call)
  assert.equal(stdout, 'one\ntwo\n')
  assert.match(stderr, /^oops$/m)
  assert.match(stderr, /^running$/m)
  assert.match(stderr, /^completed in 1\.2 s, on xem-jumphost-01 · exe_1$/m)
  assert.equal(code, 0)
})

const outcomes: [ExecutionState, number][] = [
  ['completed', 0],
  ['failed', 10],
  ['rejected', 11],
  ['expired', 12],
  ['ambiguous', 13],
  ['timeout', 124],
  ['cancelled', 130],
]
for (const [state, expected] of outcomes) {
  test(`a followed call that ends ${state} ends xeroctl with ${expected}`, async (t) => {
    const call = oneCall()
    call.onStream = (response) => call.move(response, state, { exit_code: 3 })
    assert.equal((await invoke(t, call)).code, expected)
  })
}

test('a call that is over is told from its beginning to its end', async (t) => {
  const call = oneCall()
  call.record = execution({ stdout_bytes: 5 })
  call.onStream = (response) => {
    sendEvent(response, 'e-1', 'x_exec.execution.queued', call.record)
    call.output(response, 0, 'late\n')
    sendEvent(response, 'e-2', 'x_exec.execution.completed', call.record)
  }
  const { code, stdout, stderr } = await invoke(t, call)
  assert.deepEqual([code, stdout], [0, 'late\n'])
  assert.doesNotMatch(stderr, /queued/)
})

test('a call that runs again prints the output of the new run', async (t) => {
  const call = oneCall()
  call.onStream = (response) => {
    call.output(response, 0, 'first run ')
    call.move(response, 'queued')
    call.output(response, 0, 'second run')
    call.move(response, 'completed', { stdout_bytes: 10 })
  }
  assert.equal((await invoke(t, call)).stdout, 'first run second run')
})

test('a cut stream is resumed, and what happened meanwhile is not missed', async (t) => {
  const call = oneCall()
  call.onStream = (response, count) => {
    if (count === 1) {
      call.output(response, 0, 'before ')
      call.move(response, 'running')
      setImmediate(() => response.destroy())
    } else {
      // It ended while nobody listened: no event of this connection says so.
      call.record = { ...call.record, state: 'completed', stdout_bytes: 12 }
      call.raw.stdout = 'before after'
    }
  }
  const { code, stdout, stderr, server } = await invoke(t, call)
  assert.deepEqual([code, stdout], [0, 'before after'])
  assert.match(stderr, /connection lost/)
  assert.match(stderr, /connected again/)
  const streams = server.seen.filter(({ path }) => path.startsWith('/exec/executions/stream'))
  assert.equal(streams[1]?.headers['last-event-id'], 'e-running')
})

test('a router that restarts when the call is over does not stand for its outcome', async (t) => {
  const call = oneCall()
  let refusals = 0
  const { answer } = call
  call.answer = (request, response) => {
    if (request.path === '/exec/executions/exe_1' && ++refusals <= 5)
      refusal(response, 503, 'backend_unavailable', { retry_after: 0 })
    else answer(request, response)
  }
  call.onStream = (response) => call.move(response, 'failed', { exit_code: 3 })
  // Pauses are over at once, timeouts are not.
  const after = (ms: number, callback: () => void) => systemSurroundings.after(ms < 10_000 ? 0 : ms, callback)
  const surroundings = { after }
  const { code, stderr } = await invoke(t, call, ['--follow'], { surroundings })
  assert.deepEqual([code, refusals], [10, 6])
  assert.match(stderr, /^failed exit code 3/m)
})

test('a followed call waits on when its approval cannot be read just now', async (t) => {
  const call = oneCall()
  const { answer } = call
  call.answer = (request, response) => {
    if (request.path.startsWith('/exec/approvals')) refusal(response, 503, 'backend_unavailable', { retry_after: 0 })
    else answer(request, response)
  }
  call.onStream = (response) => {
    call.move(response, 'pending_approval', { approval_id: 'apr_1' })
    call.move(response, 'completed', { exit_code: 0 })
  }
  const { code, stderr } = await invoke(t, call)
  assert.equal(code, 0)
  assert.match(stderr, /^waiting for approval: xeroctl approvals show apr_1$/m)
})

test('a gated call says how it is approved and goes on once it is', async (t) => {
  const call = oneCall()
  call.confirm = tool.name
  let stream: ServerResponse | undefined
  call.onStream = (response) => {
    stream = response
    call.move(response, 'pending_approval', { approval_id: approval().id })
  }
  const { code, stderr } = await invoke(t, call, ['--follow'], {
    onOutput: (_, text) => {
      if (text.includes('reject:')) call.move(stream!, 'completed')
    },
  })
  assert.equal(code, 0)
  assert.match(stderr, /waiting for approval 5f9c3b1a\S+ \(destructive, expires in 12m\)/)
  assert.match(stderr, /xeroctl approvals approve 5f9c3b1a\S+ --confirm host_process_kill$/m)
})

test('a rejected call says who rejected it and why', async (t) => {
  const call = oneCall()
  const decision = {
    id: 'ap',
    state: 'rejected' as const,
    decided_by: 'key_2',
    decided_by_name: 'ben',
    decided_key: null,
    decided_door: null,
    decided_at: '2026-05-01T12:00:00.000Z',
    note: 'wrong node',
    ...askedNothing,
  }
  call.onStream = (response) => call.move(response, 'rejected', { approvals: [decision] })
  assert.match((await invoke(t, call)).stderr, /^by ben: wrong node$/m)
})

test('a call that a person resolved says who did and what was seen', async (t) => {
  const call = oneCall()
  const resolution = { by: 'key_2', by_name: 'ben', note: 'node is gone', at: '2026-05-01T12:00:00.000Z' }
  call.onStream = (response) => call.move(response, 'completed', { resolution })
  assert.match((await invoke(t, call)).stderr, /^completed .*exe_1\nresolved by ben: node is gone$/m)
})

test('Ctrl-C stops following, not the call, and says how to go on', async (t) => {
  const call = oneCall()
  let interrupt = () => {}
  call.onStream = (response) => {
    call.move(response, 'running')
  }
  const { code, stderr, server } = await invoke(t, call, ['--follow'], {
    onListening: (handler) => (interrupt = handler),
    onOutput: (_, text) => {
      if (text.includes('running')) interrupt()
    },
  })
  assert.equal(code, 14)
  assert.match(stderr, /exec watch exe_1/)
  assert.match(stderr, /exec cancel exe_1/)
  assert.ok(server.seen.every(({ path }) => !path.endsWith('/cancel')))
})

test('--wait stops waiting when it runs out', async (t) => {
  const { code, stderr } = await invoke(t, oneCall(), ['--wait', '0'])
  assert.equal(code, 14)
  assert.match(stderr, /the call goes on/)
})

test('a call is followed without being asked for, on a terminal and in a script', async (t) => {
  for (const options of [{}, { terminal: 80 }]) {
    const call = oneCall()
    call.onStream = (response) => call.move(response, 'failed')
    assert.equal((await invoke(t, call, [], options)).code, 10)
  }
})

test('a script that asks for a gated call is told how it is approved, and ends as the call does', async (t) => {
  const call = oneCall()
  let stream: ServerResponse | undefined
  call.onStream = (response) => {
    stream = response
    call.move(response, 'pending_approval', { approval_id: approval().id })
  }
  const { code, stderr } = await invoke(t, call, [], {
    onOutput: (_, text) => {
      if (text.includes('reject:')) call.move(stream!, 'rejected')
    },
  })
  assert.match(stderr, /approve: +xeroctl approvals approve 5f9c3b1a/)
  assert.equal(code, 11)
})

for (const flag of ['--no-wait', '--detach']) {
  test(`with ${flag} a call is submitted and printed, also on a terminal`, async (t) => {
    const { code, stdout, server } = await invoke(t, oneCall(), [flag, '-o', 'name'], { terminal: 80 })
    assert.deepEqual([code, stdout, server.seen.length], [0, 'exe_1\n', 1])
  })
}

test('a gated call that nobody waits for says on stderr what it waits for', async (t) => {
  const call = oneCall()
  call.record = execution({ state: 'pending_approval', approval_id: approval().id })
  const { code, stderr } = await invoke(t, call, ['--no-wait'])
  assert.equal(code, 0)
  assert.match(stderr, /it waits for its approval: xeroctl approvals show 5f9c3b1a/)
  assert.match(stderr, /follow it with: xeroctl exec watch exe_1/)
})

test('-o json prints the final record alone on stdout', async (t) => {
  const call = oneCall()
  call.onStream = (response) => {
    call.output(response, 0, 'noise\n')
    call.move(response, 'completed', { stdout_bytes: 6 })
  }
  const { stdout } = await invoke(t, call, ['--follow', '-o', 'json'])
  assert.equal(JSON.parse(stdout).state, 'completed')
})

test('-o ndjson prints one event a line, the last with the final record', async (t) => {
  const call = oneCall()
  call.onStream = (response) => {
    call.output(response, 0, 'x')
    call.move(response, 'completed')
  }
  const { stdout } = await invoke(t, call, ['--follow', '-o', 'ndjson'])
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  assert.deepEqual(
    lines.map(({ event, data }) => [event, data.state ?? data.seq]),
    [
      ['x_exec.execution.output', 0],
      ['x_exec.execution.completed', 'completed'],
    ],
  )
})

test('the value that a builtin tool answers is printed when there is no output', async (t) => {
  const call = oneCall()
  call.onStream = (response) => call.move(response, 'completed', { result: { uptime: 7 } })
  assert.deepEqual(JSON.parse((await invoke(t, call)).stdout), { uptime: 7 })
})

test('--arg takes its type from the schema of the tool', async (t) => {
  const { server } = await invoke(t, oneCall(), [
    '--no-wait',
    '--arg',
    'pid=4711',
    '--arg',
    'name=42',
    '--arg',
    'more:=[1]',
    '--args',
    '{"signal":"TERM"}',
  ])
  const body = server.seen.find(({ method }) => method === 'POST')?.body as { args: unknown }
  assert.deepEqual(body.args, { signal: 'TERM', pid: 4711, name: '42', more: [1] })
})

test('the arguments can come from stdin', async (t) => {
  const { server } = await invoke(t, oneCall(), ['--no-wait', '--args', '-'], { stdin: '{"pid": 1}' })
  assert.deepEqual((server.seen[0]!.body as { args: unknown }).args, { pid: 1 })
})

test('exec watch follows a call that exists', async (t) => {
  const call = oneCall()
  call.onStream = (response) => call.move(response, 'timeout')
  const server = await scriptedServer(call.answer)
  t.after(() => server.close())
  assert.equal((await xeroctl(t, ['exec', 'watch', 'exe_1'], { env: envFor(server) })).code, 124)
})
