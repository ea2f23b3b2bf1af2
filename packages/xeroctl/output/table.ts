// Tables that fit the terminal. What is too wide gets short forms first, loses its least important
// columns then, and the ends of its free text at last. A name is cut in its middle only where a
// column that somebody acts on would go otherwise.
import { type Cell, type CellText, cellText, pad, shorten, shortenMiddle, widthOf } from './cell.ts'
import type { Paint } from './colours.ts'

export interface Column<Row> {
  header: string
  value(row: Row): Cell
  /** What stands for it in a table that is too wide, and says as much to who acts on it. */
  short?(row: Row): Cell
  /** Its header then. */
  shortHeader?: string
  /** Only with -o wide. */
  wide?: boolean
  /** Numbers stand at the right. */
  right?: boolean
  /**
   * Free text, whose end may be cut when the terminal is narrow. Ids and states never are: people
   * copy and compare them.
   */
  shrink?: boolean
  /** A name whose middle is cut, to so many characters, before a column of that dropOrder goes. */
  cut?: { to: number; before: number }
  /** Left out when the terminal is narrow, the lowest number first; without one it always stays. */
  dropOrder?: number
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
/** Free text that is longer than this makes no other column go: it is cut to this first. */
const readable = 24

export function renderTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[], style: TableStyle): string {
  const drawn = columns
    .filter((column) => style.wide || column.wide !== true)
    .map((column) => draw(column, rows, style))
  const shown = style.columns === undefined ? drawn : fitted(drawn, style.columns, style.wide)
  const line = (textIn: (drawn: Drawn<Row>) => CellText | undefined) =>
    shown
      .map((one, index) => {
        const { column, width } = one
        const { text, colour } = textIn(one) ?? { text: '' }
        const short = column.cut === undefined ? shorten(text, width) : shortenMiddle(text, width)
        // The last column is not padded: no trailing spaces.
        const padded =
          index === shown.length - 1 && column.right !== true ? short : pad(short, width, column.right === true)
        return style.paint(padded, colour)
      })
      .join(' '.repeat(gap))
  const header = line(({ header }) => ({ text: header, colour: 'bold' }))
  return [header, ...rows.map((_, index) => line(({ cells }) => cells[index]))].map((text) => `${text}\n`).join('')
}

interface Drawn<Row> {
  column: Column<Row>
  header: string
  cells: CellText[]
  shortened: CellText[]
  width: number
}

function draw<Row>(column: Column<Row>, rows: readonly Row[], style: TableStyle): Drawn<Row> {
  const textOf = (cell: Cell) => cellText(cell, { now: style.now, absolute: style.wide })
  const cells = rows.map((row) => textOf(column.value(row)))
  const { short } = column
  const shortened = short === undefined ? cells : rows.map((row) => textOf(short(row)))
  return { column, header: column.header, cells, shortened, width: widthWith(column.header, cells) }
}

function widthWith(header: string, cells: readonly CellText[]): number {
  return Math.max(widthOf(header), ...cells.map(({ text }) => widthOf(text)))
}

/** Who asks for a wide table wants its columns: none is left out of it. */
function fitted<Row>(drawn: readonly Drawn<Row>[], available: number, wide: boolean): readonly Drawn<Row>[] {
  let shown = drawn
  if (!wide && needed(shown, readable, -Infinity) > available) {
    shown = shown.map(({ column, shortened }) => {
      const header = column.shortHeader ?? column.header
      return { column, header, cells: shortened, shortened, width: widthWith(header, shortened) }
    })
  }
  while (!wide) {
    const least = shown.reduce((order, { column }) => Math.min(order, column.dropOrder ?? order), Infinity)
    if (least === Infinity || needed(shown, readable, least) <= available) break
    shown = shown.filter(({ column }) => column.dropOrder !== least)
  }
  narrowed(shown, available, ({ column }) => (column.shrink === true ? narrowest : undefined))
  if (!wide) narrowed(shown, available, ({ column }) => column.cut?.to)
  return shown
}

/**
 * How wide they are at least.
 * @param mostText of free text
 * @param next the dropOrder of the column that would go: names that are cut before it are
 */
function needed<Row>(shown: readonly Drawn<Row>[], mostText: number, next: number): number {
  const widths = shown.map(({ column, width }) => {
    if (column.shrink === true) return Math.min(width, mostText)
    return column.cut !== undefined && column.cut.before <= next ? Math.min(width, column.cut.to) : width
  })
  return widths.reduce((sum, width) => sum + width, gap * (shown.length - 1))
}

/**
 * Takes from the widest as long as they are too wide.
 * @param leastOf the least width of a column, undefined where nothing is taken
 */
function narrowed<Row>(
  shown: readonly Drawn<Row>[],
  available: number,
  leastOf: (drawn: Drawn<Row>) => number | undefined,
): void {
  for (let excess = needed(shown, Infinity, -Infinity) - available; excess > 0; excess--) {
    const widest = shown
      .filter((drawn) => drawn.width > (leastOf(drawn) ?? Infinity))
      .reduce<Drawn<Row> | undefined>(
        (most, next) => (most !== undefined && most.width >= next.width ? most : next),
        undefined,
      )
    if (widest === undefined) break
    widest.width--
  }
}
