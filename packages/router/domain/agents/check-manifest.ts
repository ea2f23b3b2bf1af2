// A manifest is taken whole or not at all.
import { canonicalJson } from '@xerotier/protocol/canonical.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { type Manifest, manifestContent } from '@xerotier/protocol/manifest.ts'
import { messageOf } from '@xerotier/protocol/thrown.ts'
import { digestOf, sha256Hex } from '@xerotier/runtime/digest.ts'
import { compileSchema, isCompiled } from '../tools/arguments.ts'

/** @returns why it cannot be accepted, or undefined */
export async function manifestFault(manifest: Manifest): Promise<string | undefined> {
  const text = canonicalJson(manifestContent(manifest))
  if (Buffer.byteLength(text) > limits.manifestBytes)
    return `its tools and workspaces are larger than the ${limits.manifestBytes} bytes of manifestBytes`
  if (sha256Hex(text) !== manifest.manifest_hash) return 'manifest_hash does not cover the manifest'
  const names = new Set<string>()
  for (const tool of manifest.tools) {
    if (names.has(tool.name)) return `tool ${tool.name} is listed twice`
    names.add(tool.name)
    if (digestOf(tool.input_schema) !== tool.schema_digest)
      return `schema_digest of ${tool.name} does not cover its input_schema`
    // A manifest may bring hundreds of schemas, and the others want to be served between them.
    if (!isCompiled(tool.schema_digest)) await new Promise((resolve) => setImmediate(resolve))
    try {
      compileSchema(tool.schema_digest, tool.input_schema)
    } catch (error) {
      return `input_schema of ${tool.name} cannot be used: ${messageOf(error)}`
    }
  }
  return undefined
}
