import type { EventStreamOptions, StreamEvent } from '@xerotier/client/event-stream.ts'
import type { Cli } from '../cli.ts'
import { paintFor } from '../output/colours.ts'
import { connectionNotes } from './connection-notes.ts'
import { eventLine } from './event-line.ts'
import { approvalIn, executionIn, type PublicEvent, publicEventOf } from './public-event.ts'

/**
 * Prints the events of a stream, one a line, until Ctrl-C.
 * @param first what is printed before them: once the stream is there, so that nothing falls between
 */
export async function watchEvents(
  cli: Cli,
  lastEventId: string | undefined,
  open: (options: EventStreamOptions) => AsyncIterable<StreamEvent>,
  first?: () => Promise<void>,
): Promise<void> {
  const stop = new AbortController()
  const release = cli.surroundings.onInterrupt(() => stop.abort())
  const line = eventLine(paintFor(cli.surroundings.stdout, cli.surroundings.env, cli.globals.noColor))
  try {
    const position = lastEventId === undefined ? {} : { lastEventId }
    let before = first
    for await (const event of open({ signal: stop.signal, onState: connectionNotes(cli), ...position })) {
      // The greeting of the router, or what came instead of it.
      await before?.()
      before = undefined
      const known = publicEventOf(event)
      if (known !== undefined) await cli.print.entry(known, nameOf, line)
    }
  } finally {
    release()
  }
}

function nameOf(event: PublicEvent): string {
  return (approvalIn(event) ?? executionIn(event))?.id ?? ''
}
