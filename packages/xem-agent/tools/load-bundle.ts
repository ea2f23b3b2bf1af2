// From a bundle.yaml to tools that can run.
import { cutText } from '@xerotier/protocol/cut-text.ts'
import { type ToolDescriptor, toolDescriptorSchema } from '@xerotier/protocol/manifest.ts'
import { operandFlaw } from '@xerotier/protocol/operands.ts'
import { isHardToUndo } from '@xerotier/protocol/risk.ts'
import { secretPaths } from '@xerotier/protocol/secrets.ts'
import { digestOf } from '@xerotier/runtime/digest.ts'
import { type CommandTemplate, operandsOf, placeholdersOf } from '../argv.ts'
import type { CommandRun, CredentialRules, EnvironmentRules, FunctionRun, Tool } from '../tool.ts'
import { type BundleFile, firstIssue } from './bundle-file.ts'
import { type BundleSource, type ToolSource, toolSchema } from './bundle-schema.ts'
import { checkPlaceholder, parseCommand, parseElement } from './command-template.ts'
import { compileInputSchema, defaultsOf, propertiesOf } from './input-schema.ts'
import type { Loaded } from './loaded.ts'

export type Builtin = Pick<FunctionRun, 'invoke'> & { needsCallback?: boolean }
export type Builtins = Readonly<Record<string, Builtin>>

/** Each tool of the file that can be offered; of the others, why not, with file and line. */
export function loadTools(file: BundleFile, bundleDir: string, builtins: Builtins): Loaded {
  const loaded: Loaded = { tools: [], leftOut: [], warnings: [] }
  const undos: { name: string; index: number; undo: string }[] = []
  const leave = (name: string, index: number, step: readonly PropertyKey[], reason: string) => {
    loaded.leftOut.push({ name, reason: file.errorAt(['tools', index, ...step], reason).message })
  }
  for (const [index, entry] of (file.source.tools ?? []).entries()) {
    const parsed = toolSchema.safeParse(entry)
    if (!parsed.success) {
      const { place, reason } = firstIssue(parsed.error)
      leave(nameOf(entry, index), index, place, reason)
      continue
    }
    for (const tool of toolsOf(file, parsed.data, bundleDir, builtins)) {
      const { name } = tool
      if ('reason' in tool) leave(name, index, [tool.step], `${name}: ${tool.reason}`)
      else if (loaded.tools.some((one) => one.descriptor.name === name))
        leave(name, index, [], `${name} is there twice`)
      else {
        loaded.tools.push(tool.tool)
        if (parsed.data.undo !== undefined) undos.push({ name, index, undo: parsed.data.undo.tool })
      }
    }
  }
  leaveWithoutUndo(loaded, undos, leave)
  return loaded
}

/**
 * What promises to be taken back by a tool that is not offered goes, and what it takes back itself
 * after it.
 */
function leaveWithoutUndo(
  loaded: Loaded,
  undos: readonly { name: string; index: number; undo: string }[],
  leave: (name: string, index: number, step: readonly PropertyKey[], reason: string) => void,
): void {
  const isOffered = (name: string) => loaded.tools.some((tool) => tool.descriptor.name === name)
  for (let next = broken(); next !== undefined; next = broken()) {
    const { name, index, undo } = next
    loaded.tools = loaded.tools.filter((tool) => tool.descriptor.name !== name)
    leave(name, index, ['undo'], `${name}: the bundle has no tool ${undo}`)
  }
  function broken() {
    return undos.find(({ name, undo }) => isOffered(name) && !isOffered(undo))
  }
}

function nameOf(entry: unknown, index: number): string {
  const named = typeof entry === 'object' && entry !== null && 'name' in entry && typeof entry.name === 'string'
  return named ? cutText(String(entry.name), 128) : `number ${index + 1}`
}

type Outcome = { name: string; tool: Tool } | { name: string; step: string; reason: string }

/** The tool under each of its names. */
function toolsOf(file: BundleFile, tool: ToolSource, bundleDir: string, builtins: Builtins): Outcome[] {
  const { source } = file
  let step = 'input_schema'
  try {
    const checkArgs = compileInputSchema(tool.input_schema, 'strict')
    step = tool.builtin === undefined ? 'command' : 'builtin'
    const run = runOf(tool, source, bundleDir, builtins)
    if (run.kind === 'command') checkOperands(run.command, tool.input_schema)
    step = 'preview'
    if (tool.preview !== undefined) parseCommand(tool.preview.command, propertiesOf(tool.input_schema))
    const credentials = credentialRules(source, tool)
    return [tool.name, ...tool.aliases].map((name) => {
      const description = name === tool.name ? tool.description : `${tool.description} Same as ${tool.name}.`
      const descriptor = describe(source, { ...tool, name, description: cutText(description, 2000) }, run)
      return { name, tool: { descriptor, checkArgs, credentials, run } }
    })
  } catch (error) {
    return [{ name: tool.name, step, reason: error instanceof Error ? error.message : String(error) }]
  }
}

/** A default that the command cannot take would refuse every call that leaves it out. */
function checkOperands(command: CommandTemplate, schema: ToolSource['input_schema']): void {
  const flaw = operandFlaw(operandsOf(command), defaultsOf(schema))
  if (flaw !== undefined) throw new Error(`the default of ${flaw.argument} ${flaw.reason}`)
}

type DescribedTool = Omit<ToolSource, 'aliases' | 'command' | 'stdin' | 'builtin'>

/** @throws Error for what no manifest may hold. */
export function describe(bundle: BundleSource, tool: DescribedTool, run: Tool['run']): ToolDescriptor {
  const { used, ref, optional } = credentialRules(bundle, tool)
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
    operands: run.kind === 'command' ? operandsOf(run.command) : [],
    credentials: used ? { ref: ref ?? null, optional } : null,
    bundle: bundle.name,
    bundle_version: bundle.version,
  } satisfies ToolDescriptor)
  if (described.success) return described.data
  throw new Error(
    described.error.issues
      .slice(0, 1)
      .map(({ path, message }) => `${path.join('.')} ${message}`)
      .join(''),
  )
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
  const optional = tool.credentials_optional ?? bundle.credentials_optional ?? false
  return { ref, optional, used: named || ref !== undefined }
}

const eitherOr = 'needs either command or builtin'

function runOf(
  tool: ToolSource,
  bundle: BundleSource,
  bundleDir: string,
  builtins: Builtins,
): CommandRun | FunctionRun {
  const environment = environmentRules(bundle, tool)
  if (tool.builtin !== undefined) {
    if (tool.command !== undefined) throw new Error(eitherOr)
    const builtin = Object.hasOwn(builtins, tool.builtin) ? builtins[tool.builtin] : undefined
    if (builtin === undefined) throw new Error(`the agent has no function ${tool.builtin}`)
    return { kind: 'function', invoke: builtin.invoke, needsCallback: builtin.needsCallback ?? false, environment }
  }
  if (tool.command === undefined) throw new Error(eitherOr)
  const properties = propertiesOf(tool.input_schema)
  const command = parseCommand(tool.command, properties)
  refuseSecretWords(command, tool.input_schema)
  const stdin = tool.stdin === undefined ? null : parseElement(tool.stdin)
  for (const part of stdin ?? []) if ('placeholder' in part) checkPlaceholder(part.placeholder, properties)
  return { kind: 'command', command, bundleDir, stdin, environment }
}

/** A command line can be read by every user of the host. */
function refuseSecretWords({ steps }: CommandTemplate, schema: Record<string, unknown>): void {
  for (const name of steps.flatMap(placeholdersOf)) {
    const isSecret = secretPaths(schema, { [name]: [''] }).length + secretPaths(schema, { [name]: '' }).length > 0
    if (isSecret) throw new Error(`{${name}} is a secret, and a command line can be read by others; give it on stdin`)
  }
}
