// A command is a value: its words, its options and what it does. commands.ts lists them all.
import type { Cli } from './cli.ts'
import type { Offer, Options, Values } from './options.ts'

/**
 * Positional arguments in their order: name -> what it is. A name that ends in `?` may be left out;
 * of the last, one that ends in `...` takes all words that are left, and at least one.
 */
export type Arguments = Record<string, string>
type Positions<A extends Arguments> = {
  [K in keyof A as K extends `${string}?` | `${string}...` ? never : K]: string
} & {
  [K in keyof A as K extends `${infer Name}?` ? Name : never]?: string | undefined
} & {
  [K in keyof A as K extends `${infer Name}...` ? Name : never]: [string, ...string[]]
}

/** What the words of the line gave. */
export type Args = Record<string, string | string[] | undefined>

/** As it stands in `Positions`. */
export function nameOfArgument(argument: string): string {
  return argument.replace(/\?$|\.\.\.$/, '')
}

export interface Command {
  kind: 'command'
  name: string
  summary: string
  arguments: Arguments
  options: Options
  /** What completion offers for its argument. */
  offers: Offer | undefined
  /** Further paragraphs of the help, apart by an empty line. */
  notes: string
  examples: readonly string[]
  /** Answers the exit code; nothing means 0. */
  run(call: { cli: Cli; args: Args; options: Record<string, unknown> }): Promise<number | undefined>
}

export function command<const A extends Arguments, O extends Options>(definition: {
  name: string
  summary: string
  arguments?: A
  options?: O
  offers?: Offer
  notes?: string
  examples?: readonly string[]
  // biome-ignore lint/suspicious/noConfusingVoidType: a command that answers nothing just ends
  run(call: { cli: Cli; args: Positions<A>; options: Values<O> }): Promise<number | void>
}): Command {
  return {
    kind: 'command',
    name: definition.name,
    summary: definition.summary,
    arguments: definition.arguments ?? {},
    options: definition.options ?? {},
    offers: definition.offers,
    notes: definition.notes ?? '',
    examples: definition.examples ?? [],
    // The parser hands over exactly what `arguments` and `options` describe.
    run: async (call) => (await definition.run(call as never)) ?? undefined,
  }
}

export interface Group {
  kind: 'group'
  name: string
  summary: string
  members: readonly (Command | Group)[]
  bare: Bare
}

/** The group without a verb, made of its commands: `xeroctl agents [<id>] [--<action>]`. */
export interface Bare {
  /** Without an id and without an action flag. */
  list: Command
  /** With an id and without an action flag; undefined where no word but a verb can follow. */
  show?: Command
  /**
   * People choose the names, so that a word which is no verb may be one. Ids of others hold a
   * digit, and no verb does.
   */
  freeNames?: true
  /** What each action flag does. */
  actions?: Readonly<Record<string, Command>>
}

export function group(definition: Omit<Group, 'kind'>): Group {
  return { kind: 'group', ...definition }
}
