// The arguments of a call: one JSON object from --args, single values from --arg.
import { readFileSync } from 'node:fs'
import { isTooDeep, tooDeep } from '@xerotier/protocol/depth.ts'
import { isRecord } from '@xerotier/protocol/record.ts'
import { roundedNumbers } from '@xerotier/protocol/rounded-numbers.ts'
import { messageOf } from '@xerotier/protocol/thrown.ts'
import { fileReason } from '@xerotier/runtime/file-reason.ts'
import type { Cli } from '../../cli.ts'
import { UsageError } from '../../exit-codes.ts'
import { textOf, textOfStdin } from '../../text.ts'
import { type InputSchema, type Property, propertyOf, typesOf } from './input-schema.ts'

/** `{…}`, `@file` or `-` (stdin). @throws UsageError */
export async function jsonArguments(cli: Cli, given: string | undefined): Promise<Record<string, unknown>> {
  if (given === undefined) return {}
  const source =
    given === '-' ? await textOfStdin(cli.surroundings.stdin) : given.startsWith('@') ? readFile(given.slice(1)) : given
  let value: unknown
  try {
    value = JSON.parse(source)
  } catch (error) {
    throw new UsageError(
      `--args is no valid JSON: ${messageOf(error)}`,
      `For example: --args '{"name": "value"}', --args @file.json, or --arg name=value.`,
    )
  }
  if (!isRecord(value)) throw new UsageError('--args must be a JSON object')
  refuseDeep('--args', value)
  refuseRounded('--args', source)
  return value
}

/** @throws UsageError */
function refuseDeep(where: string, value: unknown): void {
  if (isTooDeep(value)) throw new UsageError(`${where} ${tooDeep}`)
}

/** Whatever was sent, it would be another number. @throws UsageError */
function refuseRounded(where: string, json: string): void {
  for (const { text, value } of roundedNumbers(json))
    throw new UsageError(
      `${where}: the number ${text.slice(0, 40)} has more digits than a JSON number holds, and would be read as ${value}`,
      'Send it with fewer digits, or as text if the tool takes that.',
    )
}

function readFile(path: string): string {
  let bytes: Uint8Array
  try {
    bytes = readFileSync(path)
  } catch (error) {
    throw new UsageError(`--args @${path} cannot be read: ${fileReason(error)}`)
  }
  return textOf(bytes, path)
}

/**
 * `name=value` becomes what the tool's schema says `name` is; `name:=json` is taken as JSON
 * whatever the schema says.
 * @throws UsageError
 */
export function singleArguments(given: readonly string[], inputSchema: InputSchema): Record<string, unknown> {
  return Object.fromEntries(
    given.map((pair) => {
      const [, name, operator, value] = /^([^=:]+)(:?=)([\s\S]*)$/.exec(pair) ?? []
      if (name === undefined || value === undefined)
        throw new UsageError(`--arg must look like name=value or name:=json, not '${pair}'`)
      return [name, operator === ':=' ? parsed(name, value) : typed(name, value, propertyOf(inputSchema, name))]
    }),
  )
}

function parsed(name: string, value: string): unknown {
  let read: unknown
  try {
    read = JSON.parse(value)
  } catch {
    throw new UsageError(
      `--arg ${name}: '${value}' is no JSON value`,
      `A text is given as --arg ${quoted(`${name}=${value}`)}.`,
    )
  }
  refuseDeep(`--arg ${name}`, read)
  refuseRounded(`--arg ${name}`, value)
  return read
}

function typed(name: string, value: string, property: Property | undefined): unknown {
  const types = typesOf(property)
  if (types.length === 0 || types.includes('string')) return value
  let read: unknown
  try {
    read = JSON.parse(value)
  } catch {
    read = undefined
  }
  if (types.some((type) => isOf(type, read))) {
    refuseDeep(`--arg ${name}`, read)
    refuseRounded(`--arg ${name}`, value)
    return read
  }
  const takes = types.map((type) => articles[type] ?? type).join(' or ')
  throw new UsageError(
    `--arg ${name}: the tool takes ${takes}, not '${value}'`,
    suggestion(name, value, property, types),
  )
}

const articles: Readonly<Record<string, string>> = {
  array: 'an array',
  boolean: 'true or false',
  integer: 'a whole number',
  number: 'a number',
  object: 'an object',
}

function isOf(type: string, value: unknown): boolean {
  if (type === 'array') return Array.isArray(value)
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value)
  if (type === 'integer') return Number.isInteger(value)
  if (type === 'null') return value === null
  return typeof value === type
}

/** How the value that was meant is written. */
function suggestion(
  name: string,
  value: string,
  property: Property | undefined,
  types: readonly string[],
): string | undefined {
  if (types.includes('array')) {
    const words = value.replace(/^\[|\]$/g, '').split(',')
    const numbers = typesOf(property?.items).some((type) => type === 'integer' || type === 'number')
    const items = words.map((word) => (numbers && isNumber(word) ? Number(word) : word.trim()))
    return `Give it as JSON: --arg ${quoted(`${name}:=${JSON.stringify(items)}`)}`
  }
  return types.includes('object') ? `Give it as JSON: --arg ${quoted(`${name}:={"key": "value"}`)}` : undefined
}

function isNumber(word: string): boolean {
  return word.trim() !== '' && !Number.isNaN(Number(word))
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`
}
