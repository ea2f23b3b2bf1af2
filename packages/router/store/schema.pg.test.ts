import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { cloneDatabase } from '@xerotier/devkit/postgres-for-tests.ts'
import pg from 'pg'
import type { Columns, PostgresType } from './column.ts'
import { tables } from './tables.ts'

/** Whoever makes or uses one of these says its columns itself. */
const elsewhere = ['migrations', 'active_router', 'call_kinds', 'call_requesters', 'database_identity']

const internalNames: Record<PostgresType, string> = {
  boolean: 'bool',
  smallint: 'int2',
  int: 'int4',
  bigint: 'int8',
  timestamptz: 'timestamptz',
  uuid: 'uuid',
  text: 'text',
  'text[]': '_text',
  jsonb: 'jsonb',
  bytea: 'bytea',
  xid8: 'xid8',
  'bigint[]': '_int8',
  'xid8[]': '_xid8',
}

interface SchemaColumn {
  table_name: string
  column_name: string
  udt_name: string
  nullable: boolean
  initial: string | null
  made: boolean
}

let db: pg.Client
before(async () => {
  db = new pg.Client({ connectionString: (await cloneDatabase()).url })
  db.on('error', () => {})
  await db.connect()
})
after(() => db.end())

/** A default is a constant, or something that the database makes for each row. */
async function schema(): Promise<SchemaColumn[]> {
  const { rows } = await db.query<SchemaColumn>(
    `
    select table_name, column_name, udt_name, is_nullable = 'YES' as nullable,
      case when column_default not like '%(%' then trim('''' from split_part(column_default, '::', 1)) end as initial,
      is_identity = 'YES' or coalesce(column_default, '') like '%(%' as made
    from information_schema.columns where table_schema = 'public' and not table_name = any($1)
    order by table_name, column_name`,
    [elsewhere],
  )
  return rows
}

/** As Postgres writes it. */
const literalOf = (initial: unknown) => (Array.isArray(initial) ? `{${initial.join(',')}}` : String(initial))

const lineOf = ({ table_name, column_name, udt_name, nullable, initial, made }: SchemaColumn) => {
  const beginning = made ? ', made' : initial === null ? '' : `, first ${initial}`
  return `${table_name}.${column_name}: ${udt_name}${nullable ? ' or NULL' : ''}${beginning}`
}

test('every column is known by its name, its type, whether it may be NULL, and its default', async () => {
  const known = Object.entries<Columns>(tables).flatMap(([table_name, columns]) =>
    Object.entries(columns).map(([column_name, { type, nullable, optional, initial }]) =>
      lineOf({
        table_name,
        column_name,
        udt_name: internalNames[type],
        nullable,
        initial: initial === undefined ? null : literalOf(initial),
        made: optional && initial === undefined,
      }),
    ),
  )
  const real = (await schema()).map(lineOf)
  assert.deepEqual(
    { unknown: real.filter((line) => !known.includes(line)), notThere: known.filter((line) => !real.includes(line)) },
    { unknown: [], notThere: [] },
  )
})
