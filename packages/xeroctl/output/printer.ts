// Prints what a command answers in the format that was asked for.
import { type Detail, renderDetail } from './detail.ts'
import type { Format } from './format.ts'
import { renderTable, type TableStyle } from './table.ts'
import type { RecordView, View } from './view.ts'
import { yamlOf } from './yaml.ts'

export interface List<Row> {
  data: Row[]
  has_more: boolean
  last_id: string | null
}

export interface Printer {
  list<Row>(view: View<Row>, list: List<Row>): Promise<void>
  record<Row>(view: RecordView<Row>, record: Row): Promise<void>
  /** One entry of a stream: `line` for people, the record itself for programs. */
  entry<Row>(record: Row, name: (row: Row) => string, line: (row: Row) => string): Promise<void>
  /** A value that has no shape of its own. */
  detail(value: unknown, detail: Detail): Promise<void>
  text(text: string): Promise<void>
}

export interface PrinterOptions {
  format: Format
  /** As it is at the time of printing. */
  style(): TableStyle
  write(text: string): Promise<void>
  /** Remarks for people, on stderr. */
  note(text: string): void
}

export function createPrinter(options: PrinterOptions): Printer {
  const { format, style, write } = options

  const machine = async (value: unknown): Promise<boolean> => {
    if (format === 'json') await write(`${JSON.stringify(value, null, 2)}\n`)
    else if (format === 'ndjson') await write(`${JSON.stringify(value)}\n`)
    else if (format === 'yaml') await write(await yamlOf(value))
    else return false
    return true
  }

  return {
    async list(view, list) {
      if (format === 'name') await write(list.data.map((row) => `${view.name(row)}\n`).join(''))
      else if (format === 'ndjson') await write(list.data.map((row) => `${JSON.stringify(row)}\n`).join(''))
      else if (await machine({ object: 'list', ...list })) return
      else if (list.data.length === 0) return options.note('nothing found')
      else await write(renderTable(view.columns, list.data, style()))
      // JSON and YAML hold has_more themselves; of what is cut anywhere else a script must hear.
      if (list.has_more && list.last_id !== null)
        options.note(`there is more: add --after ${list.last_id}, or raise --limit`)
    },
    async record(view, record) {
      if (format === 'name') return write(`${view.name(record)}\n`)
      if (!(await machine(record))) await write(renderDetail(view.detail(record), style()))
    },
    async entry(record, name, line) {
      if (format === 'name') return write(`${name(record)}\n`)
      if (format === 'json' || format === 'ndjson') return write(`${JSON.stringify(record)}\n`)
      if (format === 'yaml') return write(`---\n${await yamlOf(record)}`)
      await write(`${line(record)}\n`)
    },
    async detail(value, detail) {
      if (!(await machine(value))) await write(renderDetail(detail, style()))
    },
    text: write,
  }
}
