// What came of one bundle: its good tools, and why others are not offered.
import type { Tool } from '../tool.ts'

export interface LeftOut {
  name: string
  /** A sentence, with file and line where there is one. */
  reason: string
}

export interface Loaded {
  tools: Tool[]
  leftOut: LeftOut[]
  /** What does not stop it, and is hardly meant. */
  warnings: string[]
}
