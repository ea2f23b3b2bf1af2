import type { StreamEvent } from '@xerotier/client/event-stream.ts'
import type { Event } from '@xerotier/protocol/api/events.ts'
import { printable } from '../output/cell.ts'
import type { Paint } from '../output/colours.ts'
import { colourOfWord } from '../output/colours.ts'

/** The log entry in a stream event; undefined for what belongs to the stream itself (connected, heartbeat, output). */
export function logEntryOf(event: StreamEvent): Event | undefined {
  if (!event.event.startsWith('x_exec.') || event.event.startsWith('x_exec.connection.')) return undefined
  try {
    const entry = JSON.parse(event.data) as Partial<Event>
    return typeof entry?.kind === 'string' ? (entry as Event) : undefined
  } catch {
    return undefined
  }
}

/** One line for a person. */
export function eventLine(paint: Paint): (event: Event) => string {
  return (event) => {
    const word = event.kind.slice(event.kind.indexOf('.') + 1)
    const about = [event.approval_id, event.execution_id].filter((id) => id !== null).join(' ')
    const detail = Object.keys(event.data).length === 0 ? '' : ` ${JSON.stringify(event.data)}`
    return `${event.at}  ${paint(event.kind.padEnd(26), colourOfWord[word])} ${printable(`${about} by ${event.actor}${detail}`)}`
  }
}
