// What execution and tools agree on: one tool as it was loaded, and how it runs.
import type { Binding, ToolDescriptor } from '@xerotier/protocol/manifest.ts'
import type { Log } from '@xerotier/runtime/log.ts'
import type { CommandTemplate, Element } from './argv.ts'

export type Args = Readonly<Record<string, unknown>>
export type OutputStream = 'stdout' | 'stderr'

/**
 * How the environment of a tool's process is made; nothing else of the agent's own environment
 * reaches it.
 */
export interface EnvironmentRules {
  /** Always set; an entry with `{credentials_file}` only when there is such a file. */
  env: Readonly<Record<string, string>>
  /** Taken from the agent's environment, always. */
  passEnv: readonly string[]
  /**
   * Taken from the agent's environment unless a credential file is used, which they would override.
   */
  hostEnv: readonly string[]
}

/** Which credential file a tool uses. */
export interface CredentialRules {
  /**
   * Name in the credentials folder, perhaps with `{workspace}`, or undefined when only a binding
   * names one.
   */
  ref: string | undefined
  /** Without such a file it runs all the same, with what the host has. */
  optional: boolean
  /** Whether the tool uses a credential file at all. */
  used: boolean
}

export interface CommandRun {
  kind: 'command'
  command: CommandTemplate
  /** Folder of the bundle: a program with a slash in its name is looked up from here. */
  bundleDir: string
  /** Template of what the process reads on stdin; null closes it. */
  stdin: Element | null
  environment: EnvironmentRules
}

/** What a tool answers that is neither text nor a value: an image, a file. */
export interface Artifact {
  name: string
  /** https://www.iana.org/assignments/media-types */
  mediaType: string
  data: Uint8Array
}

/** What a function tool is given. */
export interface Invocation<CallArgs = Args> {
  executionId: string
  args: CallArgs
  workspace: Binding
  /** Path of the credential file, when one is used. */
  credentialsFile: string | undefined
  /** Milliseconds it may take; `signal` aborts at its end and on cancel. */
  timeoutMs: number
  signal: AbortSignal
  /** Nothing of it may go on after its end, nor be repeated (law L2). */
  atMostOnce: boolean
  log: Log
  /** Streams output as a program's would be. */
  write(stream: OutputStream, text: string): void
  /**
   * At least a byte.
   * @returns the name under which it is kept, or undefined when the call has no room for it
   */
  artifact(artifact: Artifact): string | undefined
  /** Runs a program without a shell and streams its output into this call. */
  run(argv: readonly string[]): Promise<{ exitCode: number | null; signal: string | null }>
  /** The way back to the router; undefined when the agent has no callback token. */
  callback: Callback | undefined
}

export interface Answer {
  /** JSON value, or null. */
  result: unknown
  exitCode?: number | null
  /** The tool ran and says that it failed. */
  failed?: string
}

export interface FunctionRun {
  kind: 'function'
  /** A thrown Fault is answered with its code, any other error as `execution_failed`. */
  invoke(invocation: Invocation): Promise<Answer> | Answer
  /** Fails with `router_callback_missing` when there is no callback token. */
  needsCallback: boolean
  /** Of the programs that it runs. */
  environment: EnvironmentRules
}

export interface Tool {
  descriptor: ToolDescriptor
  /** Undefined when the arguments fit the schema, else a sentence with the path of a flaw. */
  checkArgs(args: unknown): string | undefined
  credentials: CredentialRules
  run: CommandRun | FunctionRun
}

/**
 * A request to the router in the name of the agent's operator. Throws Fault on any answer but a
 * good one.
 */
export interface Callback {
  /** `path` begins below the project: `v1/exec/tools`. */
  get(path: string, signal: AbortSignal): Promise<unknown>
}
