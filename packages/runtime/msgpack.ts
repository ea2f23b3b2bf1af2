// MessagePack as the wire uses it: plain maps, so that
// any language reads them; 64-bit integers as numbers.
// Keys stay what they are: msgpackr would call a member
// `toJSON`, and read `__proto__` under another name.
import { isTooDeep, tooDeep } from '@xerotier/protocol/depth.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { Packr } from 'msgpackr'

const options = {
  useRecords: false,
  variableMapSize: true,
  int64AsType: 'number',
  moreTypes: false,
  useToJSON: false,
} as const

const packr = new Packr({ ...options, mapsAsObjects: true })
const mapReader = new Packr({ ...options, mapsAsObjects: false })

const prototypeKey = Buffer.from('__proto__')

export function packMessage(value: unknown): Buffer {
  return packr.pack(value)
}

/** @throws on anything that is not one whole MessagePack value, or is nested too deep. */
export function unpackMessage(bytes: Uint8Array): unknown {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const value = buffer.includes(prototypeKey) ? asObjects(mapReader.unpack(buffer)) : packr.unpack(buffer)
  // Each level has a byte at least.
  if (buffer.length > limits.foreignDepth && isTooDeep(value)) throw new RangeError(`the message ${tooDeep}`)
  return value
}

/** Maps as objects that have exactly their keys. */
function asObjects(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asObjects)
  if (!(value instanceof Map)) return value
  const object = {}
  for (const [key, item] of value) {
    if (typeof key === 'object' && key !== null) throw new TypeError('a key of a map is no text')
    const member = { value: asObjects(item), enumerable: true, writable: true, configurable: true }
    Object.defineProperty(object, String(key), member)
  }
  return object
}
