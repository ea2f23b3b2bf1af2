// The arguments of a call: one JSON object from --args, single values from --arg.
import { readFileSync } from 'node:fs'
import { fileReason } from '@xerotier/runtime/file-reason.ts'
import type { Cli } from '../../cli.ts'
import { UsageError } from '../../exit-codes.ts'
import { textOf, textOfStdin } from '../../text.ts'

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
      `--args is no valid JSON: ${(error as Error).message}`,
      `For example: --args '{"name": "value"}', --args @file.json, or --arg name=value.`,
    )
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new UsageError('--args must be a JSON object')
  return value as Record<string, unknown>
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
 * `name=value` becomes what the tool's schema says `name` is; `name:=json` is taken as JSON whatever the schema says.
 * @throws UsageError
 */
export function singleArguments(
  given: readonly string[],
  inputSchema: Record<string, unknown>,
): Record<string, unknown> {
  const properties = (inputSchema.properties ?? {}) as Record<string, { type?: unknown } | undefined>
  return Object.fromEntries(
    given.map((pair) => {
      const [, name, operator, value] = /^([^=:]+)(:?=)([\s\S]*)$/.exec(pair) ?? []
      if (name === undefined || value === undefined)
        throw new UsageError(`--arg must look like name=value or name:=json, not '${pair}'`)
      return [name, operator === ':=' ? parsed(name, value) : typed(name, value, properties[name]?.type)]
    }),
  )
}

function typed(name: string, value: string, type: unknown): unknown {
  const types = Array.isArray(type) ? type : [type]
  if (types.includes('string') || types[0] === undefined) return value
  return parsed(name, value, ` (the tool takes ${types.join(' or ')})`)
}

function parsed(name: string, value: string, remark = ''): unknown {
  try {
    return JSON.parse(value)
  } catch {
    throw new UsageError(`--arg ${name}: '${value}' is no JSON value${remark}`)
  }
}
