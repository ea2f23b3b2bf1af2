import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { risks } from '@xerotier/protocol/risk.ts'

/** Writes a bundle with `mark_read`, `mark_write`, … which note each run in a file. */
export function writeMarkBundle(toolsDir: string): void {
  const folder = join(toolsDir, 'mark')
  mkdirSync(folder, { recursive: true })
  const program = JSON.stringify([process.execPath, join(import.meta.dirname, 'mark.ts'), '{file}', '{ms}', '{gate}'])
  const tools = risks.map(
    (risk) => `
  - name: mark_${risk}
    description: Notes its start and its end in a file.
    risk: ${risk}
    timeout_ms: 600000
    command: ${program}
    input_schema:
      type: object
      additionalProperties: false
      required: [file, ms]
      properties:
        file: { type: string, pattern: '^/[A-Za-z0-9/_.-]+$' }
        ms: { type: integer, minimum: 0, maximum: 60000 }
        gate: { type: string, pattern: '^/[A-Za-z0-9/_.-]+$', description: It goes on until this file is there. }`,
  )
  writeFileSync(
    join(folder, 'bundle.yaml'),
    `name: mark\nversion: 1.0.0\ndescription: Counts runs.\ndomain: test\ntools:${tools.join('')}\n`,
  )
}

/** How often the tool started, and how often it came to its end. */
export function marks(file: string): { started: number; ended: number } {
  let lines: string[] = []
  try {
    lines = readFileSync(file, 'utf8').split('\n')
  } catch {
    // it never ran
  }
  return {
    started: lines.filter((line) => line === 'started').length,
    ended: lines.filter((line) => line === 'ended').length,
  }
}
