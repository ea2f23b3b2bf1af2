/**
 * Joins bytes in memory that the next joining uses again: for what is looked at once and then no
 * longer needed. Megabytes of garbage a second would cost more than what is done with them.
 */
export function createScratch(): (...parts: Uint8Array[]) => Buffer {
  let memory = Buffer.allocUnsafeSlow(4096)
  return (...parts) => {
    const length = parts.reduce((sum, part) => sum + part.length, 0)
    if (memory.length < length) memory = Buffer.allocUnsafeSlow(Math.max(length, memory.length * 2))
    let at = 0
    for (const part of parts) {
      memory.set(part, at)
      at += part.length
    }
    return memory.subarray(0, length)
  }
}
