// A table of which only what can be seen is in the page, however many rows there are.
import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { type FocusEvent, type ReactNode, useRef } from 'react'
import { useKeptRow } from './kept-row.ts'

/** For the `<tr>`: it is measured, and stays in the page while focus, or its dialog, is in it. */
export interface RowProps {
  ref: (row: HTMLTableRowElement | null) => void
  'data-index': number
  'aria-rowindex': number
}

interface Props<Row> {
  label: string
  rows: readonly Row[]
  keyOf: (row: Row) => string
  head: ReactNode
  row: (row: Row, props: RowProps) => ReactNode
  columns: number
  /** Of a row that was not measured yet, in pixels. */
  rowHeight: number
}

/** Rows beyond both edges, so that a turn of the wheel shows no white. */
const overscan = 8
const headRows = 1

export function TallTable<Row>({ label, rows, keyOf, head, row, columns, rowHeight }: Props<Row>) {
  const table = useRef<HTMLTableElement>(null)
  const { keep, shown } = useKeptRow(rows, keyOf)
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => rowHeight,
    overscan,
    scrollMargin: table.current?.offsetTop ?? 0,
    getItemKey: (at) => {
      const found = rows[at]
      return found === undefined ? at : keyOf(found)
    },
    rangeExtractor: shown,
  })
  const items = virtual.getVirtualItems()
  const { scrollMargin } = virtual.options
  const parts: ReactNode[] = []
  let to = scrollMargin
  for (const { index, start, end } of items) {
    const found = rows[index]
    if (found === undefined) continue
    if (start > to) parts.push(<Gap key={`before-${keyOf(found)}`} columns={columns} height={start - to} />)
    parts.push(
      row(found, {
        ref: virtual.measureElement,
        'data-index': index,
        'aria-rowindex': index + 1 + headRows,
      }),
    )
    to = end
  }
  // Here, and not a function for each: a row whose props are the same is not drawn again.
  const keepFocused = ({ target }: FocusEvent) => {
    const found = rows[Number(target.closest('tr[data-index]')?.getAttribute('data-index') ?? Number.NaN)]
    if (found !== undefined) keep(found)
  }
  const below = virtual.getTotalSize() + scrollMargin - to
  return (
    <div className="card relative overflow-x-auto">
      <table ref={table} aria-label={label} aria-rowcount={rows.length + headRows} onFocusCapture={keepFocused}>
        {head}
        <tbody>
          {parts}
          {below > 0 && <Gap key="below" columns={columns} height={below} />}
        </tbody>
      </table>
    </div>
  )
}

const Gap = ({ columns, height }: { columns: number; height: number }) => (
  <tr>
    <td colSpan={columns} style={{ height, padding: 0 }} />
  </tr>
)
