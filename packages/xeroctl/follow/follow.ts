// Follows one call to its end: state on stderr, output where it belongs, the outcome as exit code.
import type { StreamEvent } from '@xerotier/client/event-stream.ts'
import { streamEventNames } from '@xerotier/client/streams.data.ts'
import type { ExecutionDetail, OutputEvent } from '@xerotier/protocol/api/executions.ts'
import type { ExecutionState } from '@xerotier/protocol/lifecycles/execution.ts'
import type { Cli } from '../cli.ts'
import { exitCodes, exitOfState } from '../exit-codes.ts'
import { executionDetail } from '../views/executions.ts'
import { vocabulary } from '../vocabulary.data.ts'
import { connectionNotes } from './connection-notes.ts'
import { logEntryOf } from './event-line.ts'
import { liveOutput } from './live-output.ts'
import { createProgress } from './progress.ts'

export interface FollowOptions {
  /** Stop waiting after so many seconds; the call goes on. */
  waitSeconds: number | undefined
}

/** Answers the exit code: the outcome, or `detached` when it stopped before the end. */
export async function follow(cli: Cli, id: string, options: FollowOptions): Promise<number> {
  const stop = new AbortController()
  const release = cli.surroundings.onInterrupt(() => stop.abort('interrupted'))
  const timer =
    options.waitSeconds === undefined
      ? undefined
      : cli.surroundings.after(options.waitSeconds * 1000, () => stop.abort('waited long enough'))
  try {
    const record = await untilSettled(cli, id, stop)
    if (record !== undefined) return await end(cli, record)
    cli.say(`${stop.signal.reason}: no longer following; the call goes on`)
    cli.say(`  watch:    ${cli.self} exec watch ${id}`)
    cli.say(`  cancel:   ${cli.self} exec cancel ${id}`)
    return exitCodes.detached.code
  } finally {
    timer?.cancel()
    release()
  }
}

/** The whole record once the call is settled; undefined when `stop` came first. */
async function untilSettled(cli: Cli, id: string, stop: AbortController): Promise<ExecutionDetail | undefined> {
  const read = () => cli.client().call('executions.show', { params: { id } })
  const people = cli.format === 'table' || cli.format === 'wide'
  const output = liveOutput(cli)
  const progress = createProgress(cli, id)
  const notes = connectionNotes(cli)
  const settled = new AbortController()
  let checking: Promise<void> = Promise.resolve()

  // What happened before the stream was there stands in the record, so each connection begins with a look at it.
  let moves = 0
  const check = async () => {
    const movesBefore = moves
    const record = await read()
    if (isSettled(record.state)) settled.abort()
    // An event that came meanwhile knows better.
    else if (moves === movesBefore) await progress.state(record.state, record)
  }
  const stream = cli.client().events(
    'executions.stream',
    { query: { execution_id: id, output: 'true' } },
    {
      signal: AbortSignal.any([stop.signal, settled.signal]),
      onState(state) {
        notes(state)
        // A failure of the look is a failure of following.
        if (state.state === 'connected') checking = checking.then(check)
        checking.catch((error: unknown) => settled.abort(error))
      },
    },
  )
  for await (const event of stream) {
    if (cli.format === 'ndjson' && !event.event.startsWith('x_exec.connection.')) await cli.print.text(ndjson(event))
    if (event.event === streamEventNames.output) {
      if (people) await output.piece(JSON.parse(event.data) as OutputEvent)
      continue
    }
    const state = stateIn(event, id)
    if (state === undefined) continue
    if (isSettled(state)) break
    moves++
    if (state === 'queued') output.restart()
    await progress.state(state)
  }
  await checking
  if (stop.signal.aborted) return undefined
  const record = await read()
  if (people) await output.complete(record)
  progress.end(record)
  return record
}

async function end(cli: Cli, record: ExecutionDetail): Promise<number> {
  if (cli.format === 'table' || cli.format === 'wide') {
    // Builtin and MCP tools answer a value instead of bytes.
    const silent = record.stdout_bytes === 0
    if (silent && record.result !== null && record.result !== undefined) {
      await cli.print.text(`${JSON.stringify(record.result, null, 2)}\n`)
    }
  } else {
    await cli.print.record(executionDetail, record)
  }
  return exitOfState(record.state)
}

/** The state that this event brings the call to. */
function stateIn(event: StreamEvent, id: string): ExecutionState | undefined {
  const entry = logEntryOf(event)
  if (entry === undefined || entry.execution_id !== id) return undefined
  return vocabulary.executionStates.find((state) => entry.kind === `execution.${state}`)
}

function isSettled(state: ExecutionState): boolean {
  return vocabulary.settledExecutionStates.includes(state)
}

function ndjson(event: StreamEvent): string {
  const data: unknown = JSON.parse(event.data)
  return `${JSON.stringify({ event: event.event, ...(data as object) })}\n`
}
