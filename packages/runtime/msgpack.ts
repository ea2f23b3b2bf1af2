// MessagePack as the wire uses it: plain maps, so that
// any language reads them; 64-bit integers as numbers.
import { Packr } from 'msgpackr'

const packr = new Packr({
  useRecords: false,
  variableMapSize: true,
  int64AsType: 'number',
  moreTypes: false,
  mapsAsObjects: true,
})

export function packMessage(value: unknown): Buffer {
  return packr.pack(value)
}

/** @throws on anything that is not one whole MessagePack value. */
export function unpackMessage(bytes: Uint8Array): unknown {
  return packr.unpack(bytes)
}
