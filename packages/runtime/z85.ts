// ZeroMQ's printable form of binary keys (ZeroMQ RFC 32): 4 bytes as 5 characters.

const alphabet = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#'

/** @param bytes a multiple of 4 */
export function z85Encode(bytes: Uint8Array): string {
  if (bytes.length % 4 !== 0) throw new TypeError('Z85 encodes multiples of 4 bytes')
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let text = ''
  for (let offset = 0; offset < bytes.length; offset += 4) {
    let value = view.readUInt32BE(offset)
    let group = ''
    for (let digit = 0; digit < 5; digit++) {
      group = alphabet[value % 85]! + group
      value = Math.floor(value / 85)
    }
    text += group
  }
  return text
}

/** @throws TypeError when the text is not Z85 */
export function z85Decode(text: string): Buffer {
  if (text.length % 5 !== 0) throw new TypeError('Z85 text comes in groups of 5 characters')
  const bytes = Buffer.alloc((text.length / 5) * 4)
  for (let group = 0; group < text.length / 5; group++) {
    let value = 0
    for (let digit = 0; digit < 5; digit++) {
      const index = alphabet.indexOf(text[group * 5 + digit]!)
      if (index < 0) throw new TypeError('not a Z85 character')
      value = value * 85 + index
    }
    if (value > 0xffffffff) throw new TypeError('Z85 group out of range')
    bytes.writeUInt32BE(value, group * 4)
  }
  return bytes
}
