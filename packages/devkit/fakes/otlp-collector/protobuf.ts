// The wire format of Protocol Buffers, as far as a reader needs it
// (protobuf.dev/programming-guides/encoding).

/** Of one field: an integer, or bytes. In the order in which they came. */
export type Field = bigint | Buffer
export type Message = ReadonlyMap<number, readonly Field[]>

/** @throws for what is no message */
export function readMessage(bytes: Buffer): Message {
  const fields = new Map<number, Field[]>()
  let at = 0
  const varint = (): bigint => {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++]
      if (byte === undefined || shift > 63n) throw new Error('a number is cut off')
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
  }
  const take = (length: number): Buffer => {
    if (at + length > bytes.length) throw new Error('a field is cut off')
    at += length
    return bytes.subarray(at - length, at)
  }
  while (at < bytes.length) {
    const tag = Number(varint())
    const [field, type] = [tag >>> 3, tag & 7]
    let value: Field
    if (type === 0) value = varint()
    else if (type === 1) value = take(8).readBigUInt64LE()
    else if (type === 2) value = take(Number(varint()))
    else if (type === 5) value = BigInt(take(4).readUInt32LE())
    else throw new Error(`wire type ${type} is not used`)
    fields.set(field, [...(fields.get(field) ?? []), value])
  }
  return fields
}

export function messages(message: Message, field: number): Message[] {
  return (message.get(field) ?? []).map((bytes) => readMessage(bytesOf(bytes)))
}

export function bytes(message: Message, field: number): Buffer {
  return bytesOf(message.get(field)?.at(-1) ?? Buffer.alloc(0))
}

export function whole(message: Message, field: number): bigint {
  const value = message.get(field)?.at(-1) ?? 0n
  if (typeof value !== 'bigint') throw new Error(`field ${field} is no number`)
  return value
}

function bytesOf(field: Field): Buffer {
  if (typeof field === 'bigint') throw new Error('a number stands where bytes belong')
  return field
}
