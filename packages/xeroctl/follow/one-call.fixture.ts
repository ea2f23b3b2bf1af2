import type { ServerResponse } from 'node:http'
import type { TestContext } from 'node:test'
import { json, openEvents, type Seen, scriptedServer, sendEvent } from '@xerotier/client/scripted-server.fixture.ts'
import type { ExecutionState } from '@xerotier/protocol/lifecycles/execution.ts'
import { approval, execution, tool } from '../records.fixture.ts'
import { envFor, type RunOptions, xeroctl } from '../run.fixture.ts'

/**
 * A router with one call: its record changes as the test says, its stream is in the test's hands.
 */
export function oneCall() {
  const streams: ServerResponse[] = []
  const call = {
    record: execution({ state: 'queued', agent: null, agent_id: null, exit_code: null, duration_ms: null }),
    raw: { stdout: '', stderr: '' } as Record<string, string>,
    confirm: null as string | null,
    onStream: (_response: ServerResponse, _count: number): void => {},
    answer(request: Seen, response: ServerResponse): void {
      const { path } = request
      if (path.startsWith('/exec/invocations')) return json(response, 202, call.record)
      if (path.startsWith('/exec/tools')) return json(response, 200, tool)
      if (path.startsWith('/exec/approvals')) return json(response, 200, approval({ confirm: call.confirm }))
      if (path.startsWith('/exec/executions/stream')) {
        openEvents(response)
        sendEvent(response, undefined, 'x_exec.connection.connected', {})
        return call.onStream(response, streams.push(response))
      }
      const raw = new URL(path, 'http://router').searchParams.get('stream') ?? ''
      if (path.includes('/raw')) return void response.writeHead(200).end(call.raw[raw])
      json(response, 200, call.record)
    },
    move(response: ServerResponse, state: ExecutionState, change: Parameters<typeof execution>[0] = {}): void {
      call.record = { ...call.record, ...change, state }
      sendEvent(response, `e-${state}`, `x_exec.execution.${state}`, call.record)
    },
    output(response: ServerResponse, seq: number, text: string, stream = 'stdout'): void {
      const data = Buffer.from(text).toString('base64')
      const piece = { execution_id: 'exe_1', seq, stream, at: '2026-05-01T12:00:00.000Z', data }
      sendEvent(response, undefined, 'x_exec.execution.output', piece)
    },
  }
  return call
}

export async function invoke(
  t: TestContext,
  call: ReturnType<typeof oneCall>,
  words: string[] = ['--follow'],
  options: RunOptions = {},
) {
  const server = await scriptedServer(call.answer)
  t.after(() => server.close())
  const ended = await xeroctl(t, ['exec', 'invoke', '--workspace', 'local-host', '--tool', tool.name, ...words], {
    env: envFor(server),
    ...options,
  })
  return { ...ended, server }
}
