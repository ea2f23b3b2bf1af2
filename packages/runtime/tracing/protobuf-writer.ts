// Protocol Buffers, as much as spans need: fields are written one behind the other, and what they
// are in gets its length when it ends.

const firstBytes = 64 * 1024
/** Above this a native write is faster than a loop. */
const longCharacters = 96
const twoTo32 = 2 ** 32

/** Wire types (protobuf.dev/programming-guides/encoding). */
const varint = 0
const fixed64 = 1
const lengthDelimited = 2
const fixed32 = 5

export class ProtobufWriter {
  #bytes = Buffer.allocUnsafeSlow(firstBytes)
  #at = 0

  /** What was written since the last time; it is the caller's alone. */
  take(): Uint8Array<ArrayBuffer> {
    const taken = new Uint8Array(this.#bytes.subarray(0, this.#at))
    this.#at = 0
    return taken
  }

  /** @returns where it begins, for `end` */
  begin(field: number): number {
    this.#tag(field, lengthDelimited)
    // Most of what stands in another is shorter than 128 bytes.
    this.#bytes[this.#at++] = 0
    return this.#at
  }

  end(from: number): void {
    const length = this.#at - from
    if (length < 0x80) {
      this.#bytes[from - 1] = length
      return
    }
    const more = sizeOfVarint(length) - 1
    this.#reserve(more)
    this.#bytes.copyWithin(from + more, from, this.#at)
    this.#at = from - 1
    this.#varint(length)
    this.#at += length
  }

  text(field: number, text: string): void {
    const from = this.begin(field)
    this.#reserve(text.length * 3)
    if (text.length > longCharacters || !this.#ascii(text)) this.#at = from + this.#bytes.write(text, from)
    this.end(from)
  }

  /** @param hex lower case, of whole bytes */
  hex(field: number, hex: string): void {
    const from = this.begin(field)
    this.#reserve(hex.length)
    for (let i = 0; i < hex.length; i += 2)
      this.#bytes[this.#at++] = (digit(hex.charCodeAt(i)) << 4) | digit(hex.charCodeAt(i + 1))
    this.end(from)
  }

  bool(field: number, value: boolean): void {
    this.integer(field, value ? 1 : 0)
  }

  /** A safe integer. */
  integer(field: number, value: number): void {
    this.#tag(field, varint)
    if (value >= 0) return this.#varint(value)
    // Two's complement in 64 bits: ten bytes.
    let rest = BigInt.asUintN(64, BigInt(value))
    for (; rest > 0x7fn; rest >>= 7n) this.#bytes[this.#at++] = Number(rest & 0x7fn) | 0x80
    this.#bytes[this.#at++] = Number(rest)
  }

  double(field: number, value: number): void {
    this.#tag(field, fixed64)
    this.#at = this.#bytes.writeDoubleLE(value, this.#at)
  }

  fixed32(field: number, value: number): void {
    this.#tag(field, fixed32)
    this.#at = this.#bytes.writeUInt32LE(value, this.#at)
  }

  /** Milliseconds since the epoch as nanoseconds, which no double holds: in two halves. */
  nanoseconds(field: number, ms: number): void {
    this.#tag(field, fixed64)
    const seconds = Math.floor(ms / 1000)
    const rest = (seconds % 65_536) * 1e9 + Math.round((ms - seconds * 1000) * 1e6)
    const upper = Math.floor(seconds / 65_536) * 1e9
    const lower = (upper % 65_536) * 65_536 + rest
    this.#at = this.#bytes.writeUInt32LE(lower % twoTo32, this.#at)
    this.#at = this.#bytes.writeUInt32LE(Math.floor(upper / 65_536) + Math.floor(lower / twoTo32), this.#at)
  }

  /** @returns whether it was; what was written of it is void if not */
  #ascii(text: string): boolean {
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i)
      if (code > 0x7f) return false
      this.#bytes[this.#at++] = code
    }
    return true
  }

  /** With room for a number behind it. */
  #tag(field: number, type: number): void {
    this.#reserve(16)
    this.#varint((field << 3) | type)
  }

  #varint(value: number): void {
    let rest = value
    for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) this.#bytes[this.#at++] = (rest % 0x80) | 0x80
    this.#bytes[this.#at++] = rest
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes <= this.#bytes.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(2 * this.#bytes.length, this.#at + bytes))
    this.#bytes.copy(larger, 0, 0, this.#at)
    this.#bytes = larger
  }
}

function sizeOfVarint(value: number): number {
  let size = 1
  for (let rest = value; rest > 0x7f; rest = Math.floor(rest / 0x80)) size += 1
  return size
}

/** Of a digit 0 to 9 or a to f. */
function digit(code: number): number {
  return code > 0x39 ? code - 0x57 : code - 0x30
}
