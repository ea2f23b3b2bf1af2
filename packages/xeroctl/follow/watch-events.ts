import type { EventStreamOptions, StreamEvent } from '@xerotier/client/event-stream.ts'
import type { Cli } from '../cli.ts'
import { paintFor } from '../output/colours.ts'
import { connectionNotes } from './connection-notes.ts'
import { eventLine, logEntryOf } from './event-line.ts'

/** Prints the entries of a stream, one a line, until Ctrl-C. */
export async function watchEvents(
  cli: Cli,
  lastEventId: string | undefined,
  open: (options: EventStreamOptions) => AsyncIterable<StreamEvent>,
): Promise<void> {
  const stop = new AbortController()
  const release = cli.surroundings.onInterrupt(() => stop.abort())
  const line = eventLine(paintFor(cli.surroundings.stdout, cli.surroundings.env, cli.globals.noColor))
  try {
    const position = lastEventId === undefined ? {} : { lastEventId }
    for await (const event of open({ signal: stop.signal, onState: connectionNotes(cli), ...position })) {
      const entry = logEntryOf(event)
      if (entry !== undefined) await cli.print.entry(entry, (row) => row.id, line)
    }
  } finally {
    release()
  }
}
