import type { Cli } from './cli.ts'
import type { RecordView } from './output/view.ts'

/**
 * Prints what is shown only once. In a table the value stands alone on stdout, so that `KEY=$(xeroctl …)` works, and the
 * record goes to stderr; the other formats hold it in the field `key`.
 */
export async function printSecret<Row, Created extends Row & { key: string }>(
  cli: Cli,
  row: Created,
  view: RecordView<Row>,
  remark: string,
): Promise<void> {
  if (cli.format !== 'table' && cli.format !== 'wide') return cli.print.record(view, row)
  for (const [label, cell] of view.detail(row).fields) {
    if (typeof cell === 'string') cli.say(`${label}: ${cell}`)
  }
  cli.say(remark)
  await cli.print.text(`${row.key}\n`)
}
