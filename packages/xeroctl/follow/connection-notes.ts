import type { StreamState } from '@xerotier/client/event-stream.ts'
import { messageOf } from '@xerotier/protocol/thrown.ts'
import type { Cli } from '../cli.ts'
import { printable } from '../output/cell.ts'

/**
 * Tells the person when the stream is cut and when it is back; the first connection goes without
 * saying.
 */
export function connectionNotes(cli: Cli): (state: StreamState) => void {
  let lost = false
  return (state) => {
    if (state.state === 'lost') {
      if (!lost) cli.say(cli.paint(printable(`connection lost (${messageOf(state.error)}); trying again`), 'dim'))
      lost = true
    } else if (lost) {
      cli.say(cli.paint('connected again; nothing was missed', 'dim'))
      lost = false
    }
  }
}
