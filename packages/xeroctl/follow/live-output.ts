// The output of a followed call, each byte once: live as it arrives, and the rest of what the
// record keeps at the end.
import type { ExecutionDetail, OutputEvent } from '@xerotier/protocol/api/executions.ts'
import type { Cli } from '../cli.ts'
import { toolOutput } from '../output/tool-output.ts'
import { outputParts } from './output-parts.ts'

export interface LiveOutput {
  piece(event: OutputEvent): Promise<void>
  /** The call runs again: its output starts over. */
  restart(): Promise<void>
  /**
   * Prints what the stream did not bring. Answers how many bytes are kept that were not printed.
   */
  complete(record: ExecutionDetail): Promise<number>
}

export function liveOutput(cli: Cli): LiveOutput {
  let lastSeq: number | undefined
  let gap = false
  const printed = { stdout: 0, stderr: 0 }
  const shown = { stdout: toolOutput(cli.surroundings.stdout), stderr: toolOutput(cli.surroundings.stderr) }

  return {
    async piece(event) {
      // A resumed stream may repeat pieces.
      if (lastSeq !== undefined && event.seq <= lastSeq) return
      if (lastSeq === undefined ? event.seq > 0 : event.seq !== lastSeq + 1) gap = true
      lastSeq = event.seq
      const bytes = Buffer.from(event.data, 'base64')
      printed[event.stream] += bytes.length
      await shown[event.stream].write(bytes)
    },
    async restart() {
      await endShown()
      if (lastSeq !== undefined) cli.say(cli.paint('it runs again; its output starts over', 'dim'))
      lastSeq = undefined
      gap = false
      printed.stdout = 0
      printed.stderr = 0
    },
    async complete(record) {
      const { inline, beyond } = outputParts(record)
      const whole = !gap && beyond === 0
      for (const stream of ['stdout', 'stderr'] as const) {
        if (whole && record[`${stream}_bytes`] > printed[stream]) await rest(record.id, stream, printed[stream])
      }
      await endShown()
      if (gap) {
        cli.say(cli.paint(`some output was not shown here; all of it: ${cli.self} exec raw ${record.id}`, 'dim'))
        return beyond
      }
      // Nobody who follows asked for so much: they are told how to get it.
      return beyond === 0 ? 0 : inline + beyond - printed.stdout - printed.stderr
    },
  }

  async function endShown(): Promise<void> {
    await shown.stdout.end()
    await shown.stderr.end()
  }

  async function rest(id: string, stream: 'stdout' | 'stderr', skip: number): Promise<void> {
    const { body } = await cli.client().bytes('executions.raw', { params: { id }, query: { stream } })
    let left = skip
    for await (const chunk of body) {
      if (left < chunk.length) await shown[stream].write(chunk.subarray(left))
      left = Math.max(0, left - chunk.length)
    }
  }
}
