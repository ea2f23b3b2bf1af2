// What can stand where on the line, derived from the commands: for the scripts of all shells.
import type { Command, Group } from '../command.ts'
import { globalOptions } from '../globals.ts'
import { helpTopics } from '../help/topics.ts'
import { flagOf, type Offer, type Option, type Options } from '../options.ts'
import type { LiveKind } from './live-kinds.ts'

/** After these words of the line… */
export interface Entry {
  /** Words after `xeroctl`. */
  path: readonly string[]
  /** Verbs, or the values that its argument takes. */
  words: readonly { word: string; summary: string }[]
  /** What its argument names, where somebody must be asked for it. */
  live: LiveKind | undefined
  flags: readonly Flag[]
}

export interface Flag {
  /** With dashes; the first is the one of the help. */
  names: readonly string[]
  summary: string
  /** What may follow; `nothing` for a switch, `anything` for a value that nobody here knows. */
  value: Offer | 'nothing' | 'anything'
  /** Of every command, with the same values. */
  global: boolean
}

export function entriesOf(members: readonly (Command | Group)[]): Entry[] {
  const [root, ...rest] = below([], members, {})
  const help = { word: 'help', summary: 'Help for a command, or for a topic' }
  const version: Flag = { names: ['--version', '-V'], summary: 'Print the version', value: 'nothing', global: false }
  const top = { ...root, words: [...root.words, help], flags: [...root.flags, version] }
  return [top, ...rest, ...helpEntries(['help'], members, Object.keys(helpTopics))]
}

function below(
  path: readonly string[],
  members: readonly (Command | Group)[],
  options: Options,
  live?: LiveKind,
): [Entry, ...Entry[]] {
  const own = { path, words: wordsOf(members), live, flags: flagsOf(options) }
  const inner = members.flatMap((member) => {
    const words = [...path, member.name]
    if (member.kind === 'group')
      return below(words, member.members, bareOptions(member), liveOf(member.bare.show?.offers))
    const { offers } = member
    const [entry] = below(words, [], member.options, liveOf(offers))
    if (offers === undefined || typeof offers === 'string') return entry
    return [{ ...entry, words: offers.map((word) => ({ word, summary: '' })) }]
  })
  return [own, ...inner]
}

function helpEntries(
  path: readonly string[],
  members: readonly (Command | Group)[],
  topics: readonly string[],
): Entry[] {
  const words = [...wordsOf(members), ...topics.map((word) => ({ word, summary: 'A topic of the help' }))]
  const inner = members.flatMap((member) =>
    member.kind === 'group' ? helpEntries([...path, member.name], member.members, []) : [],
  )
  return [{ path, words, live: undefined, flags: [] }, ...inner]
}

function liveOf(offer: Offer | undefined): LiveKind | undefined {
  return typeof offer === 'string' ? offer : undefined
}

function wordsOf(members: readonly (Command | Group)[]): Entry['words'] {
  return members.map((member) => ({ word: member.name, summary: member.summary }))
}

function bareOptions(group: Group): Options {
  const { list, show, actions = {} } = group.bare
  const flags = Object.entries(actions).map(([key, action]) => [
    key,
    { summary: action.summary, placeholder: undefined, aliases: [], parse: () => undefined },
  ])
  const options = [list, ...(show === undefined ? [] : [show]), ...Object.values(actions)].map(
    (member) => member.options,
  )
  return Object.assign({}, ...options, Object.fromEntries(flags))
}

function flagsOf(options: Options): Flag[] {
  const own = Object.entries(options).map(([key, option]) => flag(key, option, false))
  const everywhere = Object.entries(globalOptions).filter(([key]) => !(key in options))
  const help: Flag = { names: ['--help', '-h'], summary: 'Print help', value: 'nothing', global: true }
  return [...own, ...everywhere.map(([key, option]) => flag(key, option, true)), help]
}

function flag(key: string, option: Option<unknown>, global: boolean): Flag {
  const { summary, short, aliases, choices, live, placeholder } = option
  return {
    names: [flagOf(key), ...aliases.map((alias) => `--${alias}`), ...(short === undefined ? [] : [`-${short}`])],
    summary,
    value: placeholder === undefined ? 'nothing' : (live ?? choices ?? 'anything'),
    global,
  }
}

/** `agents agents/join-keys …`: how far the words typed so far lead. */
export function pathsOf(entries: readonly Entry[]): string[] {
  return entries.filter(({ path }) => path.length > 0).map(({ path }) => path.join('/'))
}

/** Every name of an option that takes a value: what follows one of them is no word of a command. */
export function namesWithValue(entries: readonly Entry[]): string[] {
  const namesOfThose = (isSwitch: boolean) =>
    entries.flatMap(({ flags }) =>
      flags.filter(({ value }) => (value === 'nothing') === isSwitch).flatMap((one) => one.names),
    )
  const switches = new Set(namesOfThose(true))
  return [...new Set(namesOfThose(false))].filter((name) => !switches.has(name))
}

export interface ValueCase {
  /** Patterns of `<path> <flag>`, for the `case` of bash and zsh. */
  patterns: readonly string[]
  offer: Offer
}

/** What each option takes where, those of single commands before those of all. */
export function valueCases(entries: readonly Entry[]): ValueCase[] {
  const own = entries.flatMap(({ path, flags }) =>
    casesOf(
      flags.filter(({ global }) => !global),
      (name) => `'${path.join('/')} ${name}'`,
    ),
  )
  const everywhere = casesOf(
    (entries[0]?.flags ?? []).filter(({ global }) => global),
    (name) => `*' ${name}'`,
  )
  return [...own, ...everywhere]
}

function casesOf(flags: readonly Flag[], pattern: (name: string) => string): ValueCase[] {
  return flags.flatMap(({ names, value }) =>
    value === 'nothing' || value === 'anything' ? [] : [{ patterns: names.map(pattern), offer: value }],
  )
}

/** Names to offer; the short ones are for who knows them. */
export function namesOf({ flags }: Entry): string[] {
  return flags.flatMap(({ names }) => names.filter((name) => name.startsWith('--')))
}

/**
 * Prints what there is of a kind, with what it is behind a tab; the words of the line say which
 * router.
 */
export const askingFor = 'xeroctl __offers'
