// What a tool wrote, on its way to our stdout or stderr: the same bytes for a script, nothing that
// steers it for a terminal.
import type { OutputStream } from '../surroundings.ts'
import { printableLines } from './cell.ts'
import { writeTo } from './write.ts'

export interface ToolOutput {
  write(bytes: Uint8Array): Promise<void>
  /** Writes what was held back for its other half. */
  end(): Promise<void>
}

export function toolOutput(stream: OutputStream): ToolOutput {
  if (stream.isTTY !== true) return { write: (bytes) => writeTo(stream, bytes), async end() {} }
  // Pieces end anywhere: inside a character, or inside the \r\n at the end of a line.
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  let held = ''
  return {
    write(bytes) {
      const text = held + decoder.decode(bytes, { stream: true })
      held = text.endsWith('\r') ? '\r' : ''
      return writeTo(stream, printableLines(text.slice(0, text.length - held.length)))
    },
    end() {
      const rest = held + decoder.decode()
      held = ''
      return writeTo(stream, printableLines(rest))
    },
  }
}
