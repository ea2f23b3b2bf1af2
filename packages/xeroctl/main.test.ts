// The program at the end of a pipe whose reader goes away.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import {
  json,
  openEvents,
  refusal,
  type Seen,
  scriptedServer,
  sendEvent,
} from '@xerotier/client/scripted-server.fixture.ts'
import { childEnvironment } from '@xerotier/devkit/child-environment.ts'
import { exitCodes } from './exit-codes.ts'
import { agent, execution, page } from './records.fixture.ts'
import { emptyFolder, envFor } from './run.fixture.ts'

interface Piped {
  /** Redirections of xeroctl. */
  redirect?: string
  answer(request: Seen, response: ServerResponse, gone: Promise<unknown>): void | Promise<void>
}

/**
 * Runs `xeroctl … | <reader>`, whose reader takes no line and goes. Answers the exit code of
 * xeroctl.
 */
async function unread(t: TestContext, words: string[], { redirect = '', answer }: Piped): Promise<number> {
  let leave = () => {}
  const gone = new Promise<void>((resolve) => (leave = resolve))
  const server = await scriptedServer((request, response) => answer(request, response, gone))
  t.after(() => server.close())
  const home = emptyFolder(t)
  // A shell, because the pipes between two processes of Node's are sockets. The code comes on
  // descriptor 3.
  const line = `{ "$@" ${redirect}; echo "$?" >&3; } | { exec <&-; echo gone >&3; }`
  const program = [process.execPath, join(import.meta.dirname, 'main.ts'), ...words]
  const shell = spawn('sh', ['-c', line, 'sh', ...program], {
    cwd: home,
    env: { ...childEnvironment(), HOME: home, ...envFor(server) },
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  })
  const reports = shell.stdio[3] as NodeJS.ReadableStream
  reports.once('data', leave)
  const [said] = await Promise.all([text(reports), once(shell, 'close')])
  return Number(/\d+/.exec(said)?.[0])
}

const lineOfOutput = { execution_id: 'exe_1', seq: 0, stream: 'stdout', at: agent.enrolled_at, data: 'b25lCg==' }

test('a reader that goes while the outcome of a call is open ends xeroctl with 14', async (t) => {
  for (const redirect of ['', '2>&1']) {
    const code = await unread(t, ['exec', 'watch', 'exe_1'], {
      redirect,
      async answer({ path }, response, gone) {
        if (!path.startsWith('/exec/executions/stream')) return json(response, 200, execution({ state: 'running' }))
        openEvents(response)
        await gone
        sendEvent(response, 'e-1', 'x_exec.execution.running', execution({ state: 'running' }))
        if (redirect === '') sendEvent(response, undefined, 'x_exec.execution.output', lineOfOutput)
      },
    })
    assert.equal(code, exitCodes.detached.code, redirect)
  }
})

test('a reader that goes when the outcome is known leaves it the exit code', async (t) => {
  const record = execution({ state: 'failed', stdout_bytes: 4 })
  const code = await unread(t, ['exec', 'watch', 'exe_1'], {
    async answer({ path }, response, gone) {
      if (path.includes('/raw')) {
        await gone
        response.writeHead(200).write('one\n')
      } else if (path.startsWith('/exec/executions/stream')) {
        openEvents(response)
        sendEvent(response, 'e-1', 'x_exec.execution.failed', record)
      } else json(response, 200, record)
    },
  })
  assert.equal(code, exitCodes.failed.code)
})

test('a reader that has seen enough of a list is no failure', async (t) => {
  const code = await unread(t, ['agents'], {
    async answer(_, response, gone) {
      await gone
      json(response, 200, page(agent))
    },
  })
  assert.equal(code, exitCodes.ok.code)
})

test('a failure that nobody reads is one all the same', async (t) => {
  const answer: Piped['answer'] = async (_, response, gone) => {
    await gone
    refusal(response, 401, 'authentication_error')
  }
  assert.equal(await unread(t, ['status'], { answer }), exitCodes.refused.code)
  assert.equal(await unread(t, ['agents'], { redirect: '2>&1', answer }), exitCodes.refused.code)
})

test('a remark that nobody reads stops no write', async (t) => {
  let attempts = 0
  const words = ['exec', 'invoke', '--workspace', 'w', '--tool', 't', '--no-wait']
  const code = await unread(t, words, {
    redirect: '2>&1 >/dev/null',
    async answer(_, response, gone) {
      await gone
      if (++attempts === 1) refusal(response, 503, 'backend_unavailable')
      else json(response, 202, execution())
    },
  })
  assert.deepEqual([code, attempts], [exitCodes.ok.code, 2])
})
