// The output of a followed call, each byte once: live as it arrives, and at the end what the stream
// did not bring. A script gets all that is kept; a terminal not more than a record holds.
import type { ExecutionDetail, OutputEvent } from '@xerotier/protocol/api/executions.ts'
import type { Cli } from '../cli.ts'
import { toolOutput } from '../output/tool-output.ts'
import { type OutputStreamName, outputParts, partsOf } from './output-parts.ts'

export interface LiveOutput {
  piece(event: OutputEvent): Promise<void>
  /** The call runs again: its output starts over. */
  restart(): Promise<void>
  /** Prints what the stream did not bring. */
  complete(record: ExecutionDetail): Promise<Completion>
}

export interface Completion {
  /** Bytes that are kept and were not printed. */
  unprinted: number
  /** Whether a script has exactly what the call wrote on this stream. */
  whole: boolean
}

const streams = ['stdout', 'stderr'] as const

export function liveOutput(cli: Cli): LiveOutput {
  let lastSeq: number | undefined
  // After a hole what was printed is still the beginning of the output; the rest follows at the
  // end.
  let hole = false
  let mixed = false
  const printed = { stdout: 0, stderr: 0 }
  const shown = { stdout: toolOutput(cli.surroundings.stdout), stderr: toolOutput(cli.surroundings.stderr) }

  const print = async (stream: OutputStreamName, bytes: Uint8Array) => {
    printed[stream] += bytes.length
    await shown[stream].write(bytes)
  }
  const endShown = async () => {
    for (const stream of streams) await shown[stream].end()
  }

  return {
    async piece(event) {
      // A resumed stream may repeat pieces.
      if (lastSeq !== undefined && event.seq <= lastSeq) return
      if (event.seq !== (lastSeq === undefined ? 0 : lastSeq + 1)) hole = true
      lastSeq = event.seq
      if (!hole) await print(event.stream, Buffer.from(event.data, 'base64'))
    },
    async restart() {
      await endShown()
      if (lastSeq !== undefined) cli.say(cli.paint('it runs again; its output starts over', 'dim'))
      mixed ||= printed.stdout > 0
      lastSeq = undefined
      hole = false
      for (const stream of streams) printed[stream] = 0
    },
    async complete(record) {
      for (const stream of streams) {
        const { kept, beyond } = partsOf(record, stream)
        if (kept <= printed[stream]) continue
        if (beyond > 0 && cli.surroundings[stream].isTTY === true) continue
        await rest(record.id, stream)
      }
      await endShown()
      const { inline, beyond } = outputParts(record)
      const isScript = cli.surroundings.stdout.isTTY !== true
      return {
        unprinted: Math.max(0, inline + beyond - printed.stdout - printed.stderr),
        whole: !isScript || (!mixed && !record.truncated && printed.stdout >= record.stdout_bytes),
      }
    },
  }

  async function rest(id: string, stream: OutputStreamName): Promise<void> {
    const { body } = await cli.client().bytes('executions.raw', { params: { id }, query: { stream } })
    let skip = printed[stream]
    for await (const chunk of body) {
      if (skip < chunk.length) await print(stream, chunk.subarray(skip))
      skip = Math.max(0, skip - chunk.length)
    }
  }
}
