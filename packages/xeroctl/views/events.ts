import type { Event } from '@xerotier/protocol/api/events.ts'
import { printable } from '../output/cell.ts'
import type { View } from '../output/view.ts'

export const eventView: View<Event> = {
  name: (event) => event.id,
  columns: [
    { header: 'AT', value: (event) => event.at },
    { header: 'EVENT', value: (event) => event.kind },
    { header: 'BY', value: (event) => event.actor_name ?? event.actor, dropOrder: 1 },
    { header: 'ID', value: (event) => event.id, wide: true },
    {
      header: 'DETAIL',
      value: detailOf,
      shrink: true,
    },
  ],
}

/** One line of a stream, for people. */
export function eventLine(event: Event): string {
  const words = [event.at, event.kind.padEnd(26), `by ${event.actor_name ?? event.actor}`, detailOf(event) ?? '']
  return printable(words.join('  ').trimEnd())
}

function detailOf({ data }: Event): string | null {
  return Object.keys(data).length === 0 ? null : JSON.stringify(data)
}
