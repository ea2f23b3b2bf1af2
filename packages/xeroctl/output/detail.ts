// The page of one record: fields, then sections.
import { type Cell, cellText, pad, printableLines, widthOf } from './cell.ts'
import { endOf } from './end-of-text.ts'
import { type Column, renderTable, type TableStyle } from './table.ts'
import { wrap } from './wrap.ts'

export interface Detail {
  fields: readonly (readonly [label: string, cell: Cell])[]
  sections?: readonly Section[]
}

export interface Section {
  title: string
  /** Several lines, or a table. */
  body: string | Rows
}

/**
 * Drawn for the terminal, if there is one: a table whose row type only its own columns know, or the
 * end of a long text.
 */
export type Rows = (style: TableStyle) => string

export function rows<Row>(columns: readonly Column<Row>[], items: readonly Row[]): Rows {
  return (style) => (items.length === 0 ? '  none\n' : indent(renderTable(columns, items, style)))
}

/** A text whole; on a terminal its end, so that what is above does not scroll away. */
export function ending(text: string): Rows {
  return (style) => {
    const { shown, hidden } = endOf(text, style.columns)
    const mark = hidden === 0 ? '' : `${style.paint(`… ${hidden} characters before this`, 'dim')}\n`
    return indent(mark + ended(printableLines(shown)))
  }
}

export function renderDetail(detail: Detail, style: TableStyle): string {
  const width = Math.max(...detail.fields.map(([label]) => widthOf(label)))
  const lines = detail.fields.map(([label, cell]) => {
    const { text, colour } = cellText(cell, { now: style.now, absolute: true })
    const relative = isTime(cell) ? ` (${cellText(cell, { now: style.now, absolute: false }).text})` : ''
    const whole = `${text}${relative}`
    const left = width + 3
    const lines = style.columns === undefined ? [whole] : wrap(whole, Math.max(narrowest, style.columns - left))
    const shown = lines.map((line) => style.paint(line, colour)).join(`\n${' '.repeat(left)}`)
    return `${style.paint(pad(`${label}:`, left, false), 'bold')}${shown}\n`
  })
  const sections = (detail.sections ?? []).map(({ title, body }) => {
    const inner =
      typeof body === 'string' ? indent(ended(printableLines(body))) : body({ ...style, columns: narrower(style) })
    return `\n${style.paint(`${title}:`, 'bold')}\n${inner}`
  })
  return lines.join('') + sections.join('')
}

function isTime(cell: Cell): boolean {
  if (typeof cell !== 'object' || cell === null || 'word' in cell || 'left' in cell) return false
  return ('time' in cell ? cell.time : cell.due) !== null
}

/** Below this a value is not broken to fit beside its label. */
const narrowest = 20

function narrower(style: TableStyle): number | undefined {
  return style.columns === undefined ? undefined : style.columns - 2
}

function ended(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, '  ')
}
