// What a bundle.yaml may say. Strict everywhere: a key that nobody reads is a typing error that
// would change behaviour.
import { toolNameSchema } from '@xerotier/protocol/ids.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { inputSchemaSchema, workspaceTypeSchema } from '@xerotier/protocol/manifest.ts'
import { riskSchema } from '@xerotier/protocol/risk.ts'
import { z } from 'zod'
import { isAgentsOwn } from '../execution/environment.ts'

const wordSchema = z
  .string()
  .max(4096)
  .refine((word) => word.isWellFormed() && !word.includes('\0'), 'must hold no NUL and no half of a character')
const commandSchema = z
  .array(
    z.union([
      wordSchema,
      z.array(wordSchema).min(1).max(16),
      z.strictObject({ if: z.string(), add: z.array(wordSchema).min(1).max(16) }),
    ]),
  )
  .min(1)
  .max(64)

const variableSchema = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be the name of a variable')
/** Of the agent's environment. What it would not get anyway is no silent wish. */
const passedVariableSchema = variableSchema.refine((name) => !isAgentsOwn(name), {
  error: ({ input }) => `${String(input)} is a variable of the agent itself, and no tool gets those`,
})
const timeoutSchema = z.int().positive().max(limits.toolTimeoutMsMax)
/**
 * A plain file name in the credentials folder; `{workspace}` stands for the name of the workspace.
 */
const credentialsRefSchema = z
  .string()
  .max(128)
  .regex(/^(?:[A-Za-z0-9]|\{workspace\})(?:[A-Za-z0-9._-]|\{workspace\})*$/, 'must be a plain file name')

const placement = {
  credentials_ref: credentialsRefSchema.optional(),
  /** Where there is no such file, it runs with what the host has. Not unless said. */
  credentials_optional: z.boolean().optional(),
  env: z.record(variableSchema, wordSchema).optional(),
  pass_env: z.array(passedVariableSchema).max(64).optional(),
  host_env: z.array(passedVariableSchema).max(64).optional(),
}

export const toolSchema = z.strictObject({
  name: toolNameSchema,
  /** Further names under which the same tool is offered. */
  aliases: z.array(toolNameSchema).max(8).default([]),
  description: z.string().min(1).max(2000),
  risk: riskSchema,
  input_schema: inputSchemaSchema,
  timeout_ms: timeoutSchema.default(limits.toolTimeoutMsDefault),
  idempotent: z.boolean().default(false),
  mcp_visible: z.boolean().default(true),
  auto_fork_branch: z.boolean().optional(),
  workspace_types: z.array(workspaceTypeSchema).max(16).optional(),
  command: commandSchema.optional(),
  /** Name of the argument that the process reads on stdin. */
  stdin: wordSchema.optional(),
  /** Name of a function that ships with the agent. */
  builtin: z.string().max(64).optional(),
  /**
   * How to see what the call would do, and how to take it back. Published as `has_preview` and
   * `has_undo`.
   */
  preview: z.strictObject({ command: commandSchema }).optional(),
  undo: z.strictObject({ tool: toolNameSchema, args: z.record(z.string(), z.unknown()).default({}) }).optional(),
  ...placement,
})
export type ToolSource = z.infer<typeof toolSchema>

const toolPatternSchema = z.string().min(1).max(128)
const namesSchema = z.array(toolPatternSchema).max(limits.toolsPerManifest)

export const mcpSchema = z.strictObject({
  command: wordSchema.min(1),
  args: z.array(wordSchema).max(64).default([]),
  /** Which of its tools are offered: all, unless said. Names here and below may hold `*`. */
  include: namesSchema.optional(),
  exclude: namesSchema.default([]),
  /** Risk of each tool by its name; `destructive` for one that is not named here. */
  risks: z.record(toolPatternSchema, riskSchema).default({}),
  /** Tools of level `write` that may run twice. */
  idempotent: namesSchema.default([]),
  timeout_ms: timeoutSchema.default(limits.toolTimeoutMsDefault),
  /** Put before the name of each tool. */
  prefix: z
    .string()
    .regex(/^[a-zA-Z0-9_-]{0,32}$/)
    .default(''),
})
export type McpSource = z.infer<typeof mcpSchema>

export const bundleSchema = z
  .strictObject({
    name: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, 'must be lower-case letters, digits, _ and -, 64 at most'),
    version: z.string().min(1).max(64),
    description: z.string().max(2000).default(''),
    domain: z.string().min(1).max(64),
    workspace_types: z.array(workspaceTypeSchema).max(16).default([]),
    /**
     * Each is looked at alone (`toolSchema`): one that is wrong, or one too many, is left out, and
     * the others load. The size of the file bounds them.
     */
    tools: z.array(z.unknown()).optional(),
    mcp: mcpSchema.optional(),
    ...placement,
  })
  .refine((bundle) => (bundle.tools === undefined) !== (bundle.mcp === undefined), 'needs either tools or mcp')
export type BundleSource = z.infer<typeof bundleSchema>
