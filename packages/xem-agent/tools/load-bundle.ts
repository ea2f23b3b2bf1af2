// From a bundle.yaml to tools that can run.
import { type ToolDescriptor, toolDescriptorSchema } from '@xerotier/protocol/manifest.ts'
import { isHardToUndo } from '@xerotier/protocol/risk.ts'
import { digestOf } from '@xerotier/runtime/digest.ts'
import type { CommandRun, CredentialRules, EnvironmentRules, FunctionRun, Tool } from '../tool.ts'
import type { BundleFile } from './bundle-file.ts'
import type { BundleSource, ToolSource } from './bundle-schema.ts'
import { checkPlaceholder, parseCommand, parseElement } from './command-template.ts'
import { compileInputSchema, defaultsOf, propertiesOf } from './input-schema.ts'

export type Builtin = Pick<FunctionRun, 'invoke'> & { needsCallback?: boolean }
export type Builtins = Readonly<Record<string, Builtin>>

/** @throws BundleError with file, line and reason. */
export function loadTools(file: BundleFile, bundleDir: string, builtins: Builtins): Tool[] {
  const { source, errorAt } = file
  const loaded = (source.tools ?? []).flatMap((tool, index) => {
    let step = 'input_schema'
    try {
      const checkArgs = compileInputSchema(tool.input_schema, 'strict')
      const defaults = defaultsOf(tool.input_schema)
      step = tool.builtin === undefined ? 'command' : 'builtin'
      const run = runOf(tool, source, bundleDir, builtins)
      step = 'preview'
      if (tool.preview !== undefined) parseCommand(tool.preview.command, propertiesOf(tool.input_schema))
      const credentials = credentialRules(source, tool)
      return [tool.name, ...tool.aliases].map((name): Tool => {
        const description = name === tool.name ? tool.description : `${tool.description} Same as ${tool.name}.`
        const descriptor = describe(source, { ...tool, name, description: description.slice(0, 2000) })
        return { descriptor, checkArgs, defaults, credentials, run }
      })
    } catch (error) {
      throw errorAt(['tools', index, step], `${tool.name}: ${(error as Error).message}`)
    }
  })
  const names = loaded.map((tool) => tool.descriptor.name)
  const twice = names.findIndex((name, index) => names.indexOf(name) !== index)
  if (twice !== -1) throw errorAt(['tools'], `the tool ${names[twice]} is there twice`)
  for (const [index, { undo, name }] of (source.tools ?? []).entries()) {
    if (undo === undefined || names.includes(undo.tool)) continue
    throw errorAt(['tools', index, 'undo'], `${name}: the bundle has no tool ${undo.tool}`)
  }
  return loaded
}

type DescribedTool = Omit<ToolSource, 'aliases' | 'command' | 'stdin' | 'builtin'>

/** @throws Error for what no manifest may hold. */
export function describe(bundle: BundleSource, tool: DescribedTool): ToolDescriptor {
  const described = toolDescriptorSchema.safeParse({
    name: tool.name,
    description: tool.description,
    risk: tool.risk,
    domain: bundle.domain,
    workspace_types: tool.workspace_types ?? bundle.workspace_types,
    input_schema: tool.input_schema,
    schema_digest: digestOf(tool.input_schema),
    timeout_ms: tool.timeout_ms,
    idempotent: tool.idempotent,
    mcp_visible: tool.mcp_visible,
    // A chat is forked before what cannot be taken back easily, unless the bundle says otherwise.
    auto_fork_branch: tool.auto_fork_branch ?? isHardToUndo(tool.risk),
    has_preview: tool.preview !== undefined,
    has_undo: tool.undo !== undefined,
    bundle: bundle.name,
    bundle_version: bundle.version,
  } satisfies ToolDescriptor)
  if (described.success) return described.data
  const issue = described.error.issues[0]!
  throw new Error(`${issue.path.join('.')} ${issue.message}`)
}

export function environmentRules(bundle: BundleSource, tool: Partial<ToolSource> = {}): EnvironmentRules {
  return {
    env: { ...bundle.env, ...tool.env },
    passEnv: [...(bundle.pass_env ?? []), ...(tool.pass_env ?? [])],
    hostEnv: [...(bundle.host_env ?? []), ...(tool.host_env ?? [])],
  }
}

export function credentialRules(bundle: BundleSource, tool: Partial<ToolSource> = {}): CredentialRules {
  const ref = tool.credentials_ref ?? bundle.credentials_ref
  const named = Object.values(environmentRules(bundle, tool).env).some((value) => value.includes('{credentials_file}'))
  return { ref, used: named || ref !== undefined }
}

function runOf(
  tool: ToolSource,
  bundle: BundleSource,
  bundleDir: string,
  builtins: Builtins,
): CommandRun | FunctionRun {
  const environment = environmentRules(bundle, tool)
  if ((tool.command === undefined) === (tool.builtin === undefined)) throw new Error('needs either command or builtin')
  if (tool.builtin !== undefined) {
    const builtin = Object.hasOwn(builtins, tool.builtin) ? builtins[tool.builtin] : undefined
    if (builtin === undefined) throw new Error(`the agent has no function ${tool.builtin}`)
    return { kind: 'function', invoke: builtin.invoke, needsCallback: builtin.needsCallback ?? false, environment }
  }
  const properties = propertiesOf(tool.input_schema)
  const command = parseCommand(tool.command!, properties)
  const stdin = tool.stdin === undefined ? null : parseElement(tool.stdin)
  for (const part of stdin ?? []) if ('placeholder' in part) checkPlaceholder(part.placeholder, properties)
  return { kind: 'command', command, bundleDir, stdin, environment }
}
