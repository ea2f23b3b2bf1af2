// Tables that fit the terminal: what is too wide loses the ends of its widest shrinkable columns.
import { type Cell, cellText, pad, shorten, widthOf } from './cell.ts'
import type { Paint } from './colours.ts'

export interface Column<Row> {
  header: string
  value(row: Row): Cell
  /** Only with -o wide. */
  wide?: boolean
  /** Numbers stand at the right. */
  right?: boolean
  /** May be cut when the terminal is narrow. Ids are never cut: people copy them. */
  shrink?: boolean
}

export interface TableStyle {
  paint: Paint
  now: number
  wide: boolean
  /** Columns of the terminal; undefined when nobody's is. */
  columns: number | undefined
}

const gap = 2
const narrowest = 8

export function renderTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[], style: TableStyle): string {
  const shown = columns.filter((column) => style.wide || column.wide !== true)
  const cells = rows.map((row) =>
    shown.map((column) => cellText(column.value(row), { now: style.now, absolute: style.wide })),
  )
  const widths = shown.map((column, index) =>
    Math.max(widthOf(column.header), ...cells.map((row) => widthOf(row[index]!.text))),
  )
  if (style.columns !== undefined) fit(widths, shown, style.columns)
  const line = (texts: { text: string; colour: Parameters<Paint>[1] }[]) =>
    texts
      .map(({ text, colour }, index) => {
        const short = shorten(text, widths[index]!)
        // The last column is not padded: no trailing spaces.
        const padded =
          index === texts.length - 1 && shown[index]!.right !== true
            ? short
            : pad(short, widths[index]!, shown[index]!.right === true)
        return style.paint(padded, colour)
      })
      .join(' '.repeat(gap))
  const header = line(shown.map((column) => ({ text: column.header, colour: 'bold' as const })))
  return [header, ...cells.map(line)].map((text) => `${text}\n`).join('')
}

function fit(widths: number[], columns: readonly Column<never>[], available: number): void {
  let excess = widths.reduce((sum, width) => sum + width, gap * (widths.length - 1)) - available
  while (excess > 0) {
    let widest = -1
    for (const [index, column] of columns.entries()) {
      if (column.shrink === true && widths[index]! > narrowest && (widest < 0 || widths[index]! > widths[widest]!))
        widest = index
    }
    if (widest < 0) return
    widths[widest]!--
    excess--
  }
}
