// A column, said once: its Postgres type, whether it may be NULL, its default, and the types of
// what is read from it and written to it. tables.ts is made of these.
import type { ColumnType } from 'kysely'

export type PostgresType =
  | 'boolean'
  | 'smallint'
  | 'int'
  | 'bigint'
  | 'timestamptz'
  | 'uuid'
  | 'text'
  | 'text[]'
  | 'jsonb'
  | 'bytea'
  | 'xid8'
  | 'bigint[]'
  | 'xid8[]'

export interface Column<
  Read = unknown,
  Write = unknown,
  Type extends PostgresType = PostgresType,
  Optional extends boolean = boolean,
> {
  readonly type: Type
  readonly nullable: boolean
  /** Whether an insert may leave it out although it is never NULL. */
  readonly optional: Optional
  /** The default, where it is a constant. */
  readonly initial: Read | undefined
  /** For the compiler only, as `write` is: no column has such a property. */
  readonly read?: Read
  readonly write?: Write
}

export type Columns = Readonly<Record<string, Column>>
type Plain<Read, Write, Type extends PostgresType> = Column<Read, Write, Type, false>

function column<Read, Write, Type extends PostgresType>(type: Type): Plain<Read, Write, Type> {
  return { type, nullable: false, optional: false, initial: undefined }
}

export const boolean = () => column<boolean, boolean, 'boolean'>('boolean')
export const smallint = () => column<number, number, 'smallint'>('smallint')
export const int = () => column<number, number, 'int'>('int')
/** Read as a number: see database.ts. */
export const bigint = () => column<number, number, 'bigint'>('bigint')
export const timestamptz = () => column<Date, Date, 'timestamptz'>('timestamptz')
export const uuid = () => column<string, string, 'uuid'>('uuid')
export const text = <T extends string = string>() => column<T, T, 'text'>('text')
export const texts = <T extends string = string>() => column<T[], T[], 'text[]'>('text[]')
export const bytea = () => column<Buffer, Buffer, 'bytea'>('bytea')
export const xid8 = () => column<string, string, 'xid8'>('xid8')
/** Read as texts, and written by the database alone. */
export const bigints = () => column<string[], string[], 'bigint[]'>('bigint[]')
export const xid8s = () => column<string[], string[], 'xid8[]'>('xid8[]')
/** Read parsed, written as JSON text. */
export const jsonb = <T>() => column<T, string, 'jsonb'>('jsonb')

export function nullable<Read, Write, Type extends PostgresType>({
  type,
}: Plain<Read, Write, Type>): Plain<Read | null, Write | null, Type> {
  return { type, nullable: true, optional: false, initial: undefined }
}

/** With a default. */
export function initially<Read, Write, Type extends PostgresType>(
  initial: Read,
  { type }: Plain<Read, Write, Type>,
): Column<Read, Write, Type, true> {
  return { type, nullable: false, optional: true, initial }
}

/** With a default that only the database knows. */
export function made<Read, Write, Type extends PostgresType>({
  type,
}: Plain<Read, Write, Type>): Column<Read, Write, Type, true> {
  return { type, nullable: false, optional: true, initial: undefined }
}

/** The names of the columns. */
export function keysOf<C extends object>(columns: C): (keyof C & string)[] {
  return Object.keys(columns) as (keyof C & string)[]
}

type ReadOf<C> = C extends Column<infer Read> ? Read : never
type WriteOf<C> = C extends Column<unknown, infer Write> ? Write : never

/** What is read from these columns. */
export type ReadFrom<C extends Columns> = { -readonly [Name in keyof C]: ReadOf<C[Name]> }
/** What is written to them. */
export type WrittenTo<C extends Columns> = { -readonly [Name in keyof C]: WriteOf<C[Name]> }

/** As Kysely sees a table. */
export type TableOf<C extends Columns> = {
  [Name in keyof C]: C[Name] extends Column<infer Read, infer Write, PostgresType, infer Optional>
    ? ColumnType<Read, Optional extends true ? Write | undefined : Write, Write>
    : never
}

/** What they hold where an insert says nothing of them. */
export function initialOf<C extends Columns>(columns: C): ReadFrom<C> {
  const values = keysOf(columns).map((name) => [name, columns[name]?.initial ?? null])
  // Every new row is a copy of it: what JSON.parse made is no hash table, and copies fast.
  return JSON.parse(JSON.stringify(Object.fromEntries(values)))
}
