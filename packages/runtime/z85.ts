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
      group = alphabet.charAt(value % 85) + group
      value = Math.floor(value / 85)
    }
    text += group
  }
  return text
}

/** Whether the text is a CURVE key: 32 bytes as 40 characters. */
export function isZ85Key(text: string): boolean {
  if (text.length !== 40) return false
  return [0, 5, 10, 15, 20, 25, 30, 35].every((at) => {
    let value = 0
    for (const character of text.slice(at, at + 5)) {
      const digit = alphabet.indexOf(character)
      if (digit < 0) return false
      value = value * 85 + digit
    }
    return value <= 0xffff_ffff
  })
}
