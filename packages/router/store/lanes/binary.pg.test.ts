import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { cloneDatabase } from '@xerotier/devkit/postgres-for-tests.ts'
import pg from 'pg'
import { type ColumnType, createBinaryWriter } from './binary.ts'

let db: pg.Client
before(async () => {
  db = new pg.Client({ connectionString: (await cloneDatabase()).url })
  db.on('error', () => {})
  await db.connect()
  await db.query("set time zone 'UTC'")
})
after(() => db.end())

const columns: [ColumnType, values: unknown[], text: (string | null)[]][] = [
  ['boolean', [true, false, null], ['true', 'false', null]],
  ['smallint', [1, -32768], ['1', '-32768']],
  ['int', [0, -1, 2 ** 31 - 1], ['0', '-1', '2147483647']],
  ['bigint', [0, -1, 2 ** 33 + 5, -(2 ** 40)], ['0', '-1', '8589934597', '-1099511627776']],
  [
    'timestamptz',
    [new Date('2026-11-21T10:11:12.345Z'), new Date(0), undefined],
    ['2026-11-21 10:11:12.345+00', '1970-01-01 00:00:00+00', null],
  ],
  [
    'uuid',
    ['0193f1a2-0000-7abc-8def-0123456789ab', '0193F1A2-0000-7ABC-8DEF-0123456789AB'],
    ['0193f1a2-0000-7abc-8def-0123456789ab', '0193f1a2-0000-7abc-8def-0123456789ab'],
  ],
  [
    'text',
    ['', 'plain', 'quote " comma , brace } \\', 'häßlich €', '𝄞'.repeat(300), null],
    ['', 'plain', 'quote " comma , brace } \\', 'häßlich €', '𝄞'.repeat(300), null],
  ],
  ['jsonb', ['{"b":1,"a":"é"}', 'null', null], ['{"a": "é", "b": 1}', 'null', null]],
  ['bytea', [Buffer.from([0, 255, 7]), new Uint8Array()], ['\\x00ff07', '\\x']],
]

for (const [type, values, text] of columns) {
  test(`Postgres reads back every ${type} that was written`, async () => {
    const column = createBinaryWriter().array(
      values.map((value) => ({ value })),
      'value',
      type,
    )
    const { rows } = await db.query(`select v::text from unnest($1::${type}[]) with ordinality as u(v, n) order by n`, [
      column,
    ])
    assert.deepEqual(
      rows.map((row) => row.v),
      text,
    )
  })
}

test('columns of one batch stay whole when the memory grows under them, and the next batch may use it again', async () => {
  const writer = createBinaryWriter()
  for (const size of [10, 3_000_000, 20]) {
    writer.reset()
    const items = [{ a: 'a'.repeat(size), b: 'é'.repeat(size) }, { a: 'x' }]
    const { rows } = await db.query(
      'select length(a) as a, length(b) as b from unnest($1::text[], $2::text[]) as u(a, b)',
      [writer.array(items, 'a', 'text'), writer.array(items, 'b', 'text')],
    )
    assert.deepEqual(rows, [
      { a: size, b: size },
      { a: 1, b: null },
    ])
  }
})
