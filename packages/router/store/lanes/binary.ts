// Values of the commit lanes in Postgres's binary format: it would parse each character of a text
// array.
// Layouts: array_recv, timestamptz_recv and jsonb_recv in src/backend/utils/adt of PostgreSQL.

/** Type of a column, and how one value of it is written. */
interface Codec {
  oid: number
  /** Writes at `offset` and returns the bytes written. There is room for `roomFor(value)`. */
  write(into: Buffer, offset: number, value: never): number
  /** At least as many bytes as `write` needs. */
  roomFor(value: never): number
}

const codecs = {
  boolean: fixed(16, 1, (into, offset, value: boolean) => into.writeUInt8(value ? 1 : 0, offset)),
  smallint: fixed(21, 2, (into, offset, value: number) => into.writeInt16BE(value, offset)),
  int: fixed(23, 4, (into, offset, value: number) => into.writeInt32BE(value, offset)),
  bigint: fixed(20, 8, writeInt64),
  // Microseconds since 2000: whole milliseconds stay exact in a double until the year 2255.
  timestamptz: fixed(1184, 8, (into, offset, value: Date) =>
    writeInt64(into, offset, (value.getTime() - 946_684_800_000) * 1000),
  ),
  uuid: {
    oid: 2950,
    roomFor: () => 16,
    write: writeUuid,
  },
  text: {
    oid: 25,
    roomFor: (value: string) => value.length * 3,
    write: writeText,
  },
  // JSON text behind the version of the format.
  jsonb: {
    oid: 3802,
    roomFor: (value: string) => 1 + value.length * 3,
    write(into: Buffer, offset: number, value: string) {
      into[offset] = 1
      return 1 + into.write(value, offset + 1, 'utf8')
    },
  },
  bytea: {
    oid: 17,
    roomFor: (value: Uint8Array) => value.length,
    write(into: Buffer, offset: number, value: Uint8Array) {
      into.set(value, offset)
      return value.length
    },
  },
} satisfies Record<string, Codec>

export type ColumnType = keyof typeof codecs

/** Makes the parameters of one batch at a time, in memory that the next batch uses again. */
export interface BinaryWriter {
  /** The parameters made before are no longer needed. */
  reset(): void
  /** One column of the items as an array; null and undefined become NULL. */
  array(items: readonly object[], column: string, type: ColumnType): Buffer
}

const initialBytes = 64 * 1024
/** A batch of large pieces of output fits. */
const keptBytes = 2 * 1024 * 1024
const headerBytes = 20
const absent = -1

/** A buffer for each column would be most of the garbage of a router at full load. */
export function createBinaryWriter(): BinaryWriter {
  let memory = Buffer.allocUnsafeSlow(initialBytes)
  let start = 0
  let offset = 0

  /** Columns that are done stay where they are; the one at work moves along. */
  function reserve(bytes: number): void {
    if (offset + bytes <= memory.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(memory.length * 2, offset - start + bytes))
    memory.copy(larger, 0, start, offset)
    memory = larger
    offset -= start
    start = 0
  }

  return {
    reset() {
      offset = 0
      // What one large batch took is given back.
      if (memory.length > keptBytes) memory = Buffer.allocUnsafeSlow(initialBytes)
    },
    array(items, column, type) {
      const codec: Codec = codecs[type]
      start = offset
      // What is large moves no more than once.
      reserve(type === 'bytea' ? headerBytes + bytesOf(items, column) : headerBytes)
      offset += headerBytes
      let nulls = 0
      for (const item of items) {
        const value = (item as Record<string, never>)[column]
        if (value === null || value === undefined) {
          reserve(4)
          offset = memory.writeInt32BE(absent, offset)
          nulls = 1
        } else {
          reserve(4 + codec.roomFor(value))
          const bytes = codec.write(memory, offset + 4, value)
          memory.writeInt32BE(bytes, offset)
          offset += 4 + bytes
        }
      }
      const dimensions = 1
      const lowerBound = 1
      memory.writeInt32BE(dimensions, start)
      memory.writeInt32BE(nulls, start + 4)
      memory.writeInt32BE(codec.oid, start + 8)
      memory.writeInt32BE(items.length, start + 12)
      memory.writeInt32BE(lowerBound, start + 16)
      return memory.subarray(start, offset)
    },
  }
}

function bytesOf(items: readonly object[], column: string): number {
  return items.reduce((sum, item) => sum + 4 + ((item as Record<string, Uint8Array>)[column]?.length ?? 0), 0)
}

/** A value by itself as a parameter: its text, or its bytes. */
export function parameter(value: unknown): string | Buffer | null {
  if (value === null || value === undefined) return null
  if (typeof value === 'string') return value
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  return value instanceof Date ? value.toISOString() : String(value)
}

function fixed<T>(oid: number, bytes: number, put: (into: Buffer, offset: number, value: T) => void) {
  return {
    oid,
    roomFor: () => bytes,
    write(into: Buffer, offset: number, value: T) {
      put(into, offset, value)
      return bytes
    },
  }
}

/** Below this many characters a loop is faster than a call out of JavaScript. */
const shortText = 80

function writeText(into: Buffer, offset: number, value: string): number {
  const { length } = value
  if (length > shortText) return into.write(value, offset, 'utf8')
  for (let index = 0; index < length; index++) {
    const code = value.charCodeAt(index)
    if (code > 0x7f) return into.write(value, offset, 'utf8')
    into[offset + index] = code
  }
  return length
}

function writeUuid(into: Buffer, offset: number, value: string): number {
  let index = 0
  for (let byte = 0; byte < 16; byte++) {
    if (value.charCodeAt(index) === dash) index++
    into[offset + byte] = (nibble(value.charCodeAt(index)) << 4) | nibble(value.charCodeAt(index + 1))
    index += 2
  }
  return 16
}

const dash = 0x2d

/** Of a hex digit, in either case. */
const nibble = (code: number) => (code < 0x3a ? code - 0x30 : (code | 0x20) - 0x57)

function writeInt64(into: Buffer, offset: number, value: number): void {
  into.writeInt32BE(Math.floor(value / 2 ** 32), offset)
  into.writeUInt32BE(value >>> 0, offset + 4)
}
