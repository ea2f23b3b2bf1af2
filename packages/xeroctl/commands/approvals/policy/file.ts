// A policy as a file: YAML, or JSON, which is YAML too.
import { readFileSync } from 'node:fs'
import { isTooDeep, reasonOfParser, tooDeep } from '@xerotier/protocol/depth.ts'
import type { PolicyInput } from '@xerotier/protocol/policy.ts'
import { isRecord } from '@xerotier/protocol/record.ts'
import { fileReason } from '@xerotier/runtime/file-reason.ts'
import type { Cli } from '../../../cli.ts'
import { UsageError } from '../../../exit-codes.ts'
import { required, text } from '../../../options.ts'
import { textOf, textOfStdin } from '../../../text.ts'

export const fileOption = required(
  text('The policy, YAML or JSON; - reads stdin', { placeholder: 'file', short: 'f', aliases: ['filename'] }),
)

export interface PolicyFile {
  name: string | undefined
  workspace: string | null | undefined
  version: number | undefined
  note: string | undefined
  document: PolicyInput
}

/** @throws UsageError for what cannot be read or is no policy at all */
export async function readPolicyFile(cli: Cli, path: string): Promise<PolicyFile> {
  const source = path === '-' ? await textOfStdin(cli.surroundings.stdin) : readFile(path)
  const value = await parsed(source, path)
  if (isTooDeep(value)) throw new UsageError(`${path} ${tooDeep}`)
  if (!isRecord(value)) throw new UsageError(`${path} holds no policy: it must be a mapping`)
  const { name, workspace, version, note, ...document } = value
  return {
    name: textIn(name, 'name', path),
    workspace: workspace === null ? null : textIn(workspace, 'workspace', path),
    version: typeof version === 'number' ? version : undefined,
    note: textIn(note, 'note', path),
    // The router knows its schema, and names what is wrong.
    document: document as PolicyInput,
  }
}

function readFile(path: string): string {
  let bytes: Uint8Array
  try {
    bytes = readFileSync(path)
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${fileReason(error)}`)
  }
  return textOf(bytes, path)
}

async function parsed(source: string, path: string): Promise<unknown> {
  const { parse } = await import('yaml')
  try {
    return parse(source)
  } catch (error) {
    const reason = reasonOfParser(error)
    throw new UsageError(reason === tooDeep ? `${path} ${tooDeep}` : `${path} is no valid YAML: ${reason}`)
  }
}

function textIn(value: unknown, field: string, path: string): string | undefined {
  if (value === undefined || typeof value === 'string') return value
  throw new UsageError(`${path}: ${field} must be text`)
}
