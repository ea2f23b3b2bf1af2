// One entry of tools/list as a tool that can be offered, or why not.

import { storableText } from '@xerotier/protocol/cut-text.ts'
import { isTooDeep, tooDeep } from '@xerotier/protocol/depth.ts'
import { toolNameSchema } from '@xerotier/protocol/ids.ts'
import { isRecord } from '@xerotier/protocol/record.ts'
import type { Tool } from '../tool.ts'
import type { BundleSource, McpSource } from './bundle-schema.ts'
import { compileInputSchema } from './input-schema.ts'
import { credentialRules, describe } from './load-bundle.ts'
import { type CheckStructured, structuredCheck } from './mcp-output-schema.ts'
import { fitsPattern, valueFor } from './name-pattern.ts'

/** An entry under the name that its server gives it. */
export interface ListedTool {
  name: string
  entry: Record<string, unknown>
}

/** @throws Error for an entry that has no name */
export function listedTool(entry: unknown): ListedTool {
  if (!isRecord(entry) || typeof entry.name !== 'string' || entry.name === '') throw new Error('it has no name')
  return { name: entry.name, entry }
}

export function isIncluded(name: string, { include, exclude }: McpSource): boolean {
  const fits = (pattern: string) => fitsPattern(pattern, name)
  return (include === undefined || include.some(fits)) && !exclude.some(fits)
}

/** @throws Error with a sentence why it cannot be offered */
export function offeredTool(
  { name, entry }: ListedTool,
  source: BundleSource & { mcp: McpSource },
  run: (check: CheckStructured) => Tool['run'],
): Tool {
  const { mcp } = source
  if (!toolNameSchema.safeParse(mcp.prefix + name).success)
    throw new Error('its name is not made of letters, digits, _ and -, 64 at most')
  if (isRecord(entry.execution) && entry.execution.taskSupport === 'required')
    throw new Error('it can be called as a task only, which this agent does not do')
  for (const name of ['inputSchema', 'outputSchema'])
    if (isTooDeep(entry[name])) throw new Error(`its ${name} ${tooDeep}`)
  if (!isRecord(entry.inputSchema)) throw new Error('it has no input schema')
  // The draft that an author's generator writes there says nothing about the arguments.
  const { $schema: _, ...schema } = entry.inputSchema
  const tool = {
    name: mcp.prefix + name,
    description: descriptionOf(entry, name),
    risk: valueFor(name, mcp.risks) ?? 'destructive',
    input_schema: schema,
    timeout_ms: mcp.timeout_ms,
    idempotent: mcp.idempotent.some((pattern) => fitsPattern(pattern, name)),
    mcp_visible: true,
  }
  const runs = run(structuredCheck(entry.outputSchema))
  return {
    descriptor: describe(source, tool, runs),
    checkArgs: compileInputSchema(schema, 'lenient'),
    credentials: credentialRules(source),
    run: runs,
  }
}

/** For people, so what a record cannot hold is replaced in it. */
function descriptionOf({ description }: Record<string, unknown>, name: string): string {
  return storableText(typeof description === 'string' && description !== '' ? description : name, 2000)
}

/** Of the names that a bundle writes, those that no tool of its server has. */
export function unknownNames({ risks, idempotent, include, exclude }: McpSource, names: readonly string[]): string[] {
  const written = { risks: Object.keys(risks), idempotent, include: include ?? [], exclude }
  return Object.entries(written).flatMap(([key, patterns]) =>
    patterns
      .filter((pattern) => !names.some((name) => fitsPattern(pattern, name)))
      .map((pattern) => `mcp.${key} names ${pattern}, which its server does not have`),
  )
}
