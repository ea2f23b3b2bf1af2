// The YAML layer: flat, top-level scalars only, so
// that every key maps to one variable and one flag.
import { readFileSync } from 'node:fs'
import { codeOf } from '@xerotier/protocol/thrown.ts'
import { isMap, isScalar, LineCounter, parseDocument } from 'yaml'
import { ConfigError } from './config-error.ts'

export interface FileValue {
  text: string
  /** path:line */
  at: string
}

/**
 * Lower-cased keys with the text of their values. A missing file is an empty one.
 * @throws ConfigError `invalidConfigFile`.
 */
export function readConfigFile(path: string): Map<string, FileValue> {
  let source: string
  try {
    source = readFileSync(path, 'utf8')
  } catch (error) {
    const code = codeOf(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return new Map()
    throw new ConfigError('invalidConfigFile', `invalidConfigFile: ${path} cannot be read (${code})`)
  }
  return parseConfigFile(source, path)
}

function parseConfigFile(source: string, path: string): Map<string, FileValue> {
  const lines = new LineCounter()
  const document = parseDocument(source, { lineCounter: lines, prettyErrors: false })
  const refuse = (offset: number, reason: string): never => {
    throw new ConfigError('invalidConfigFile', `invalidConfigFile: ${path}:${lines.linePos(offset).line}: ${reason}`)
  }
  // The parser's own messages may quote the line, and
  // the line may hold a secret: its code is enough.
  const broken = document.errors[0]
  if (broken !== undefined) refuse(broken.pos[0], `is not valid YAML (${broken.code})`)
  const values = new Map<string, FileValue>()
  const content = document.contents
  if (content === null) return values
  if (!isMap(content)) return refuse(content.range?.[0] ?? 0, 'must be a map of keys to values')
  for (const { key, value } of content.items) {
    const at = (isScalar(key) && key.range?.[0]) || 0
    if (!isScalar(key) || typeof key.value !== 'string') return refuse(at, 'keys must be text')
    const name = key.value.toLowerCase()
    if (value === null || (isScalar(value) && value.value === null)) continue
    if (!isScalar(value)) return refuse(at, `"${name}" is nested; only text, whole numbers and booleans are allowed`)
    if (values.has(name)) return refuse(at, `"${name}" is there twice`)
    const scalar = value.value
    const known = typeof scalar === 'string' || typeof scalar === 'boolean' || typeof scalar === 'number'
    if (!known) return refuse(at, `"${name}" must be text, a whole number or a boolean`)
    values.set(name, { text: String(scalar), at: `${path}:${lines.linePos(at).line}` })
  }
  return values
}
