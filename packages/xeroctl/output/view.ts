import type { Detail } from './detail.ts'
import type { Column } from './table.ts'

/** How the records of one noun look. */
export interface View<Row> {
  columns: readonly Column<Row>[]
  /** What `-o name` prints: what other commands take. */
  name(row: Row): string
}

export interface RecordView<Row> {
  name(row: Row): string
  detail(row: Row): Detail
}
