// A manifest is taken whole or not at all. Agents of a fleet offer mostly the same tools: what is
// alike is checked once and held once.
import { canonicalJson } from '@xerotier/protocol/canonical.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import type { BundleReport, Manifest, ToolDescriptor } from '@xerotier/protocol/manifest.ts'
import { messageOf } from '@xerotier/protocol/thrown.ts'
import { digestOf, sha256Hex } from '@xerotier/runtime/digest.ts'
import { compileSchema, isCompiled } from '../tools/arguments.ts'
import { createAlike } from './alike.ts'

const toolsAlike = createAlike<ToolDescriptor>()
const listsAlike = createAlike<ToolDescriptor[]>()
const reportsAlike = createAlike<BundleReport[]>()

/** @returns the manifest, made of what is held of others already; or why it cannot be accepted */
export async function checkManifest(manifest: Manifest): Promise<{ manifest: Manifest } | { fault: string }> {
  const texts = manifest.tools.map(canonicalJson)
  // The canonical JSON of `manifestContent`.
  const text = `{"tools":[${texts.join(',')}],"workspaces":${canonicalJson(manifest.workspaces)}}`
  if (Buffer.byteLength(text) > limits.manifestBytes)
    return {
      fault: `its tools and workspaces are larger than the ${limits.manifestBytes} bytes of manifestBytes`,
    }
  if (sha256Hex(text) !== manifest.manifest_hash) return { fault: 'manifest_hash does not cover the manifest' }
  const names = new Set<string>()
  const digests = texts.map(sha256Hex)
  const tools: ToolDescriptor[] = []
  for (const [index, tool] of manifest.tools.entries()) {
    if (names.has(tool.name)) return { fault: `tool ${tool.name} is listed twice` }
    names.add(tool.name)
    const digest = digests[index] ?? ''
    const known = toolsAlike.get(digest)
    const fault = known === undefined ? await toolFault(tool) : undefined
    if (fault !== undefined) return { fault }
    tools.push(known ?? toolsAlike.hold(digest, tool))
  }
  const bundles = reportsAlike.hold(digestOf(manifest.bundles), manifest.bundles)
  return { manifest: { ...manifest, tools: listsAlike.hold(sha256Hex(digests.join()), tools), bundles } }
}

async function toolFault({ name, schema_digest, input_schema }: ToolDescriptor): Promise<string | undefined> {
  if (digestOf(input_schema) !== schema_digest) return `schema_digest of ${name} does not cover its input_schema`
  // A manifest may bring hundreds of schemas, and the others want to be served between them.
  if (!isCompiled(schema_digest)) await new Promise((resolve) => setImmediate(resolve))
  try {
    compileSchema(schema_digest, input_schema)
    return undefined
  } catch (error) {
    return `input_schema of ${name} cannot be used: ${messageOf(error)}`
  }
}
