// Prints what a command answers in the format that was asked for.
import { reviewedLines } from '@xerotier/protocol/reviewed.ts'
import { printableLines } from './cell.ts'
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
  /** One value a line, for programs. */
  line(value: unknown): Promise<void>
  /** Whether what was asked for can be printed. @throws UsageError */
  ready(): Promise<void>
}

/** What is printed in place of a value's JSON. */
export interface Query {
  /**
   * Before anything is sent: a write must not be made for an output that cannot be.
   * @throws UsageError
   */
  check(): Promise<void>
  /** @throws UsageError when it does not fit the value */
  textOf(value: unknown): Promise<string>
}

export interface PrinterOptions {
  format: Format
  /** What is printed in place of JSON. */
  query: Query | undefined
  isTerminal: boolean
  /** As it is at the time of printing. */
  style(): TableStyle
  write(text: string): Promise<void>
  /** Remarks for people, on stderr. */
  note(text: string): void
}

export function createPrinter(options: PrinterOptions): Printer {
  const { format, query, style, write } = options

  /**
   * The answer of a query is text of others: nothing in it may steer a terminal, and there it ends
   * its line.
   */
  const answer = async (value: unknown, { textOf }: Query): Promise<void> => {
    const text = await textOf(value)
    if (!options.isTerminal) return write(text)
    await write(printableLines(text === '' || text.endsWith('\n') ? text : `${text}\n`))
  }
  /** The same JSON; on a terminal with codes for what nobody would see there. */
  const json = (value: unknown, indent: number): string => {
    const text = JSON.stringify(value, null, indent)
    return `${options.isTerminal ? reviewedLines(text) : text}\n`
  }
  const printLine = async (value: unknown): Promise<void> => {
    if (query === undefined) return write(json(value, 0))
    await answer(value, query)
  }

  const machine = async (value: unknown): Promise<boolean> => {
    if (query !== undefined) await answer(value, query)
    else if (format === 'json') await write(json(value, 2))
    else if (format === 'ndjson') await write(json(value, 0))
    else if (format === 'yaml') await write(await yamlOf(value))
    else return false
    return true
  }

  return {
    async list(view, list) {
      if (format === 'name') await write(list.data.map((row) => `${view.name(row)}\n`).join(''))
      else if (format === 'ndjson') for (const row of list.data) await printLine(row)
      else if (await machine({ object: 'list', ...list })) {
        if (query === undefined) return
      } else if (list.data.length === 0) return options.note('nothing found')
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
      if (format === 'json' || format === 'ndjson') return printLine(record)
      if (format === 'yaml') return write(`---\n${await yamlOf(record)}`)
      await write(`${line(record)}\n`)
    },
    async detail(value, detail) {
      if (!(await machine(value))) await write(renderDetail(detail, style()))
    },
    text: write,
    line: printLine,
    ready: async () => query?.check(),
  }
}
