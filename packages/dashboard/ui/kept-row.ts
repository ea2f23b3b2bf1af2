import { defaultRangeExtractor, type Range } from '@tanstack/react-virtual'
import { useState } from 'react'

/**
 * Where only what can be seen is in the page, the row that has focus, or a dialog that was opened
 * from it, must stay there nevertheless.
 *
 * @returns `shown` for the virtualizer, and what a row calls when something in it gets the focus
 */
export function useKeptRow<Row>(rows: readonly Row[], keyOf: (row: Row) => string) {
  const [kept, setKept] = useState<string>()
  return {
    keep: (row: Row) => setKept(keyOf(row)),
    shown(range: Range): number[] {
      const shown = defaultRangeExtractor(range)
      const at = rows.findIndex((row) => keyOf(row) === kept)
      return at < 0 || shown.includes(at) ? shown : [...shown, at].sort((one, other) => one - other)
    },
  }
}
