import type { OutputStream } from '../surroundings.ts'

/** Writes and waits until the reader keeps up: output of any size must not pile up in memory. */
export async function writeTo(stream: OutputStream, chunk: string | Uint8Array): Promise<void> {
  if (chunk.length === 0) return
  if (!stream.write(chunk)) await new Promise<void>((resolve) => stream.once('drain', resolve))
}
