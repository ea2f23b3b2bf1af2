// Follows one call to its end: state on stderr, output where it belongs, the outcome as exit code.
import type { StreamEvent } from '@xerotier/client/event-stream.ts'
import { isPassing } from '@xerotier/client/retry.ts'
import type { ExecutionDetail } from '@xerotier/protocol/api/executions.ts'
import type { Cli } from '../cli.ts'
import { exitCodes, exitOfState } from '../exit-codes.ts'
import { toolOutput } from '../output/tool-output.ts'
import { executionDetail } from '../views/executions.ts'
import { vocabulary } from '../vocabulary.data.ts'
import { connectionNotes } from './connection-notes.ts'
import { liveOutput } from './live-output.ts'
import { outputParts } from './output-parts.ts'
import { patiently } from './patiently.ts'
import { createProgress } from './progress.ts'
import { executionIn, outputIn, publicEventOf } from './public-event.ts'
import { isSettled, type RecordWatch, recordWatch } from './record-watch.ts'

export interface FollowOptions {
  /** Stop waiting after so many seconds; the call goes on. */
  waitSeconds: number | undefined
}

/** Answers the exit code: the outcome, or `detached` when it stopped before the end. */
export async function follow(cli: Cli, id: string, options: FollowOptions): Promise<number> {
  // Scripts take 0 for completed, which nobody knows yet.
  cli.surroundings.ifUnread(exitCodes.detached.code)
  const stop = new AbortController()
  const release = cli.surroundings.onInterrupt(() => stop.abort('interrupted'))
  const timer =
    options.waitSeconds === undefined
      ? undefined
      : cli.surroundings.after(options.waitSeconds * 1000, () => stop.abort('waited long enough'))
  try {
    const ended = await untilSettled(cli, id, stop)
    if (ended !== undefined) return await end(cli, ended)
    cli.say(`${stop.signal.reason}: no longer following; the call goes on`)
    cli.say(`  watch:    ${cli.self} exec watch ${id}`)
    cli.say(`  cancel:   ${cli.self} exec cancel ${id}`)
    return exitCodes.detached.code
  } finally {
    timer?.cancel()
    release()
  }
}

interface Ended {
  record: ExecutionDetail
  /** Whether a script has got exactly the output of the call. */
  whole: boolean
}

/** The whole record once the call is settled; undefined when `stop` came first. */
async function untilSettled(cli: Cli, id: string, stop: AbortController): Promise<Ended | undefined> {
  const read = () => cli.client().call('executions.show', { params: { id } })
  const people = cli.format === 'table' || cli.format === 'wide'
  const output = liveOutput(cli)
  const progress = createProgress(cli)
  const watch = recordWatch(read, progress, stop.signal)
  let told = false
  try {
    for await (const streamEvent of streamOf(cli, id, watch)) {
      const event = publicEventOf(streamEvent)
      if (event === undefined) continue
      if (cli.format === 'ndjson') await cli.print.line(event)
      const piece = outputIn(event)
      if (piece !== undefined && people) await output.piece(piece)
      const execution = executionIn(event)
      if (execution?.id !== id) continue
      if (event.event === 'x_exec.execution.queued') await output.restart()
      told = settledNames.has(event.event)
      if (told) break
      // The name says what happened, the record what is now: of a past that is told again only the
      // present matters.
      if (!isSettled(execution.state)) await progress.state(execution)
    }
  } catch (error) {
    // The stream does not come through. The record may: a proxy that buffers holds back only
    // streams.
    if (!isPassing(error)) throw error
    await watch.poll(cli, error)
  }
  await watch.checked()
  if (stop.signal.aborted) return undefined
  const record = await patiently(cli, stop.signal, read)
  cli.surroundings.ifUnread(exitOfState(record.state))
  // The other formats bring what the record keeps.
  const { unprinted, whole } = people
    ? await output.complete(record)
    : { unprinted: outputParts(record).beyond, whole: true }
  if (cli.format === 'ndjson' && !told) {
    await cli.print.line({ event: `x_exec.execution.${record.state}`, data: record })
  }
  progress.end(record, unprinted)
  return { record, whole }
}

/** Tells a call from its beginning, and resumes. */
function streamOf(cli: Cli, id: string, watch: RecordWatch): AsyncGenerator<StreamEvent> {
  const notes = connectionNotes(cli)
  let connections = 0
  return cli.client().events(
    'executions.stream',
    { query: { execution_id: id, output: 'true' } },
    {
      signal: watch.ended,
      onQuiet: watch.check,
      onState(state) {
        notes(state)
        // Should it have ended meanwhile, the record says so.
        if (state.state === 'connected' && ++connections > 1) watch.check()
      },
    },
  )
}

async function end(cli: Cli, { record, whole }: Ended): Promise<number> {
  if (cli.format === 'table' || cli.format === 'wide') {
    // Builtin and MCP tools answer a value instead of bytes.
    const silent = record.stdout_bytes === 0
    if (silent && record.result !== null && record.result !== undefined) {
      await toolOutput(cli.surroundings.stdout).write(Buffer.from(`${JSON.stringify(record.result, null, 2)}\n`))
    }
  } else if (cli.format !== 'ndjson') {
    await cli.print.record(executionDetail, record)
  }
  if (!whole) cli.say(cli.paint('what stands on stdout is not exactly the output of this call', 'yellow'))
  return record.state === 'completed' && !whole ? exitCodes.incomplete.code : exitOfState(record.state)
}

const settledNames = new Set(vocabulary.settledExecutionStates.map((state) => `x_exec.execution.${state}`))
