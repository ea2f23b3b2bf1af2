// What commander found wrong with the words, as an error of ours: one line of what, one line of
// what to do.
import type { CommanderError } from 'commander'
import { unknownVerb } from './bare.ts'
import { type Command, type Group, nameOfArgument } from './command.ts'
import { UsageError } from './exit-codes.ts'
import { usageOf } from './help/page.ts'
import { missingOption } from './missing-option.ts'
import { nearest, nearestVerb } from './nearest.ts'

/** Where on the line the words went wrong. */
export interface Place {
  /** Words that lead to the command, its own name last. */
  path: readonly string[]
  command: Pick<Command, 'arguments' | 'options'>
  /** The group that the command stands for without a verb. */
  group: Group | undefined
  /** Words that are no options. */
  words: readonly string[]
  isGiven(option: string): boolean
}

/** Commander's error where it is none of the line: help and version end the run that way. */
export function usageErrorOf(error: CommanderError, place: Place): CommanderError | UsageError {
  const make = kinds[error.code]
  return make === undefined ? error : make(sentenceOf(error), place)
}

const kinds: Readonly<Record<string, (sentence: string, place: Place) => UsageError>> = {
  'commander.unknownOption': unknownOption,
  'commander.missingArgument': (sentence, place) => new UsageError(sentence, usageHint(place)),
  'commander.optionMissingArgument': (sentence, place) => new UsageError(sentence, usageHint(place)),
  'commander.excessArguments': excessArguments,
  'commander.unknownCommand': (sentence) => new UsageError(sentence, 'See `xeroctl help`.'),
}

/** Without its head, and its own guess on the same line. */
function sentenceOf({ message }: CommanderError): string {
  return message.replace(/^error: /, '').replace(/\n\(/, ' (')
}

function unknownOption(sentence: string, place: Place): UsageError {
  const flag = /'--?([^']+)'/.exec(sentence)?.[1] ?? ''
  const { group, path, words, command } = place
  if (group !== undefined && words[0] !== undefined) {
    const verb = nearestVerb(words[0], { path: path.join(' '), verbs: group.members.map(({ name }) => name) })
    if (verb !== undefined) return new UsageError(sentence, verb)
  }
  const names = Object.keys(command.arguments).map(nameOfArgument)
  const argument = nearest(flag, names)
  // `agents show --agent xem-1`: the name of the argument that is missing.
  if (argument !== undefined)
    return new UsageError(`${sentence}; the ${argument} stands on the line without an option`, usageHint(place))
  return new UsageError(sentence, sentence.includes('Did you mean') ? undefined : usageHint(place))
}

function excessArguments(_: string, place: Place): UsageError {
  const { command, words, group, path } = place
  const stray = words.slice(Object.keys(command.arguments).length)
  if (group !== undefined && words[0] !== undefined) return unknownVerb(path, group, words[0])
  return (
    missingOption(command.options, place.isGiven, undefined, stray) ??
    new UsageError(`nothing takes '${stray.join(' ')}'`, usageHint(place))
  )
}

function usageHint({ path, command }: Place): string {
  return `Usage: xeroctl ${usageOf(path, command)}`
}
