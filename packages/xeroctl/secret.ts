import type { Cli } from './cli.ts'
import type { Format } from './output/format.ts'
import type { RecordView } from './output/view.ts'

/** Formats that print the whole record, and with it the value. */
const whole: readonly Format[] = ['json', 'ndjson', 'yaml']

/** For the help of what prints one. */
export const secretNotes = (field: 'key' | 'secret' | 'token') =>
  `The value stands alone on stdout, also under \`-o name\`, and what else is to be said on stderr; json, ndjson and yaml have it in the field \`${field}\`.`

/**
 * Prints what is shown only once: whatever the format, the value is in it. It stands alone on
 * stdout, so that `KEY=$(xeroctl …)` works, and the record goes to stderr; -o name too, because an
 * id in its place would lose it for good.
 */
export async function printSecret<Row, Created extends Row>(
  cli: Cli,
  row: Created,
  view: RecordView<Row>,
  remark: string,
  value: string,
): Promise<void> {
  if (whole.includes(cli.format)) return cli.print.record(view, row)
  for (const [label, cell] of view.detail(row).fields) {
    if (typeof cell === 'string') cli.say(`${label}: ${cell}`)
  }
  cli.say(remark)
  await cli.print.text(`${value}\n`)
}
