// The capability manifest: what one agent can run, and for whom.
import { z } from 'zod'
import { digestSchema, nameSchema, textSchema, toolNameSchema, workspaceIdSchema } from './ids.ts'
import { limits } from './limits.ts'
import { operandSchema } from './operands.ts'
import { riskSchema } from './risk.ts'
import { isStorableJson } from './storable-json.ts'

export const workspaceTypes = ['generic', 'host', 'kubernetes', 'aws', 'openstack'] as const
export const workspaceTypeSchema = z.enum(workspaceTypes)
export type WorkspaceType = z.infer<typeof workspaceTypeSchema>

/** JSON Schema 2020-12 of the arguments; always an object schema. */
export const inputSchemaSchema = z
  .record(z.string(), z.unknown())
  .refine(isStorableJson, 'must hold no NUL character and no lone surrogate')

export const toolDescriptorSchema = z.object({
  name: toolNameSchema,
  description: textSchema(2000),
  risk: riskSchema,
  domain: textSchema(64),
  /** Workspace types it applies to; empty means every type. */
  workspace_types: z.array(workspaceTypeSchema).max(16),
  input_schema: inputSchemaSchema,
  /**
   * SHA-256 of the canonical JSON of `input_schema`; the router recomputes it before it accepts a
   * manifest.
   */
  schema_digest: digestSchema,
  timeout_ms: z.int().positive().max(limits.toolTimeoutMsMax),
  /** A `write` that may safely run twice. Has no effect on other levels. */
  idempotent: z.boolean(),
  mcp_visible: z.boolean(),
  auto_fork_branch: z.boolean(),
  has_preview: z.boolean(),
  has_undo: z.boolean(),
  /** Arguments that begin a word of its command without `--` before it. */
  operands: z.array(operandSchema).max(256),
  /** Which credential file it uses; null when it uses none. */
  credentials: z
    .object({
      /**
       * Its name, in which `{workspace}` stands for that of the workspace; null when only bindings
       * name one.
       */
      ref: textSchema(128).nullable(),
      /** It runs without one, too. */
      optional: z.boolean(),
    })
    .nullable(),
  bundle: textSchema(64),
  bundle_version: textSchema(64),
})
export type ToolDescriptor = z.infer<typeof toolDescriptorSchema>

const leftOutSchema = z.object({ name: textSchema(128), reason: textSchema(500) })

export const bundleReportSchema = z.object({
  name: textSchema(128),
  version: textSchema(64).nullable(),
  /** Why it was refused, with file and line; null when it loaded. */
  error: textSchema(1000).nullable(),
  /** Its tools that are not offered, and why. */
  left_out: z.array(leftOutSchema).max(limits.leftOutTools),
})
export type BundleReport = z.infer<typeof bundleReportSchema>

export const manifestSchema = z.object({
  /**
   * Counts up when tools or bindings change; lets operators correlate hash drift with intended
   * revisions.
   */
  manifest_version: z.int32().positive(),
  /** SHA-256 of the canonical JSON of `{tools, workspaces}`. */
  manifest_hash: digestSchema,
  tools: z.array(toolDescriptorSchema).max(limits.toolsPerManifest),
  /** External ids of the workspaces served, as the router last told this agent. */
  workspaces: z.array(workspaceIdSchema).max(limits.workspacesPerManifest),
  bundles: z
    .array(bundleReportSchema)
    .max(256)
    .refine((bundles) => {
      const all = bundles.flatMap(({ left_out }) => left_out)
      const characters = all.reduce((sum, { name, reason }) => sum + name.length + reason.length, 0)
      return all.length <= limits.leftOutTools && characters <= limits.leftOutCharacters
    }, `must leave out ${limits.leftOutTools} tools at most in all, in ${limits.leftOutCharacters} characters`),
})
export type Manifest = z.infer<typeof manifestSchema>

/** What `manifest_hash` covers. */
export function manifestContent(manifest: Pick<Manifest, 'tools' | 'workspaces'>): unknown {
  return { tools: manifest.tools, workspaces: manifest.workspaces }
}

/** One workspace that an agent serves, as the router tells it. */
export const bindingSchema = z.object({
  workspace_id: workspaceIdSchema,
  workspace: nameSchema,
  type: workspaceTypeSchema,
  /**
   * Name of the credential file for this workspace; overrides what the tool says. A plain file
   * name.
   */
  credentials_ref: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/)
    .nullable(),
})
export type Binding = z.infer<typeof bindingSchema>
