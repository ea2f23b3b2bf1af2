import { barOf, type Span } from '../investigate/waterfall.ts'
import { milliseconds } from '../output/time.ts'
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
