import { milliseconds } from '@xerotier/protocol/duration.ts'
import type { Span } from '@xerotier/protocol/explain/waterfall.ts'
import type { View } from '../output/view.ts'

/** @param wholeMs of the call, to which the bars are drawn */
export function spanView(wholeMs: number): View<Span> {
  return {
    name: (span) => span.name,
    columns: [
      { header: 'SPAN', value: (span) => span.name },
      { header: 'AFTER', value: (span) => milliseconds(span.offset_ms), right: true, dropOrder: 2 },
      {
        header: 'TOOK',
        value: (span) => `${milliseconds(span.ms)}${span.to === null ? ' so far' : ''}`,
        right: true,
      },
      { header: 'WATERFALL', value: (span) => barOf(span, wholeMs), dropOrder: 1 },
      { header: 'WHERE', value: (span) => span.where, shrink: true },
    ],
  }
}

const width = 32

/** Its place in the whole, drawn. */
function barOf({ offset_ms, ms }: Span, wholeMs: number): string {
  const scale = (value: number) => Math.round((value / Math.max(1, wholeMs)) * width)
  const begin = Math.min(width - 1, scale(offset_ms))
  const length = Math.max(1, Math.min(width - begin, scale(ms)))
  return `${' '.repeat(begin)}${'█'.repeat(length)}`.padEnd(width)
}
