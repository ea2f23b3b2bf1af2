import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ProtobufWriter } from './protobuf-writer.ts'

const written = (write: (writer: ProtobufWriter) => void) => {
  const writer = new ProtobufWriter()
  write(writer)
  return Buffer.from(writer.take())
}

test('numbers are written as the format says', () => {
  for (const [value, hex] of [
    [0, '00'],
    [1, '01'],
    [300, 'ac02'],
    [2 ** 53 - 1, 'ffffffffffffff0f'],
    [-1, 'ffffffffffffffffff01'],
    [-(2 ** 53) + 1, '81808080808080f0ff01'],
  ] as const)
    assert.equal(written((writer) => writer.integer(3, value)).toString('hex'), `18${hex}`)
  assert.equal(written((writer) => writer.fixed32(16, 0x101)).toString('hex'), '850101010000')
  assert.equal(written((writer) => writer.double(4, 0.5)).readDoubleLE(1), 0.5)
})

test('a time is written to the nanosecond, far beyond what a double holds', () => {
  for (const [ms, nanoseconds] of [
    [0, 0n],
    [1_800_000_000_000.25, 1_800_000_000_000_250_000n],
    [1_799_999_999_999.999, 1_799_999_999_999_999_023n],
    [4_102_444_799_999, 4_102_444_799_999_000_000n],
    [2 ** 41 + 0.5, 2n ** 41n * 1_000_000n + 500_000n],
  ] as const)
    assert.equal(written((writer) => writer.nanoseconds(7, ms)).readBigUInt64LE(1), nanoseconds)
})

test('text of any length and script is read back, and so is what stands around it', () => {
  for (const text of [
    '',
    'a',
    'a'.repeat(95),
    'a'.repeat(127),
    'a'.repeat(128),
    'größte',
    '✓'.repeat(50),
    'x'.repeat(200_000),
    `${'x'.repeat(90)}é`,
  ]) {
    const bytes = written((writer) => {
      const outer = writer.begin(2)
      writer.text(1, text)
      writer.end(outer)
      writer.hex(4, '00ff1a')
    })
    const read = (at: number): [number, number] => {
      let [value, shift, next] = [0, 0, at]
      for (let byte = 0x80; byte > 0x7f; shift += 7) {
        byte = bytes[next++]!
        value |= (byte & 0x7f) << shift
      }
      return [value, next]
    }
    const [outer, inside] = read(1)
    const [length, from] = read(inside + 1)
    assert.equal(bytes.toString('utf8', from, from + length), text)
    assert.equal(inside + outer, from + length)
    assert.equal(bytes.toString('hex', from + length), '220300ff1a')
  }
})
