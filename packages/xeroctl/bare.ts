// The shape `xeroctl <resource> [<id>] [--<action>]`, derived from the commands of the group.
import { ApiError } from '@xerotier/client/api-error.ts'
import { type Bare, type Command, command, type Group } from './command.ts'
import { exitCodes, exitOfError, UsageError } from './exit-codes.ts'
import { HintedError } from './hinted-error.ts'
import { missingOption } from './missing-option.ts'
import { nearestVerb } from './nearest.ts'
import { flagOf, type Option } from './options.ts'

/**
 * One command that does what its id and its action flag say.
 * @param path words that lead to the group, its name last
 */
export function bareCommand(path: readonly string[], group: Group): Command {
  const { bare } = group
  const actions = Object.entries(bare.actions ?? {})
  const all = [bare.list, ...(bare.show === undefined ? [] : [bare.show]), ...actions.map(([, action]) => action)]
  const options: Record<string, Option<readonly string[]>> = {}
  for (const [key, action] of actions) options[key] = actionFlag(action)
  for (const member of all)
    for (const [key, option] of Object.entries(member.options)) options[key] ??= deferred(option)
  const argument = argumentOf(bare)
  return command({
    name: group.name,
    summary: group.summary,
    arguments: { [`${argument}?`]: described(bare) },
    options,
    offers: bare.show?.offers,
    examples: [...new Set(all.flatMap((member) => member.examples))],
    async run({ cli, args, options: given }) {
      const id = args[argument]
      const wasGiven = (key: string) => (given[key] ?? []).length > 0
      const chosen = actions.filter(([key]) => wasGiven(key))
      if (chosen.length > 1)
        throw new UsageError(`one action at a time: ${chosen.map(([key]) => flagOf(key)).join(' and ')}`)
      const [flag, action] = chosen[0] ?? ['', id === undefined ? bare.list : bare.show]
      if (id !== undefined && (action === undefined || !mayBeName(bare, id))) throw unknownVerb(path, group, id)
      if (action === undefined) throw unknownVerb(path, group, id ?? '')
      for (const key of Object.keys(given)) {
        if (key in action.options || key in (bare.actions ?? {}) || !wasGiven(key)) continue
        const goesWith = actions.filter(([, other]) => key in other.options).map(([other]) => flagOf(other))
        throw new UsageError(
          `${flagOf(key)} goes with ${goesWith.join(' or ') || 'the list'}`,
          id === undefined ? undefined : nearestVerb(id, verbsOf(path, group)),
        )
      }
      const takes = Object.keys(action.arguments)[0]
      if (takes === undefined && id !== undefined) throw new UsageError(`${flagOf(flag)} takes no ${argument}`)
      if (takes !== undefined && id === undefined) throw new UsageError(`${flagOf(flag)} needs the ${argument}`)
      const missing = missingOption(action.options, wasGiven)
      if (missing !== undefined) throw missing
      const values = Object.entries(action.options).map(([key, option]) => [
        key,
        option.parse(given[key] ?? [], flagOf(key)),
      ])
      const done = action.run({
        cli,
        args: takes === undefined ? {} : { [takes]: id },
        options: Object.fromEntries(values),
      })
      return done.catch((error: unknown) => {
        const missed = error instanceof ApiError && exitOfError(error) === exitCodes.notFound.code
        throw missed && id !== undefined && action === bare.show ? neitherNor(error, path, group, id) : error
      })
    },
  })
}

/** A word that is neither a verb of the group nor can be the id of anything in it. */
export function unknownVerb(path: readonly string[], group: Group, word: string): UsageError {
  return new UsageError(
    `there is no command \`xeroctl ${path.join(' ')} ${word}\``,
    nearestVerb(word, verbsOf(path, group)) ?? verbList(path, group),
  )
}

/**
 * The router knows nothing of that name, and it is no verb either: who meant one must hear of it.
 */
function neitherNor(error: ApiError, path: readonly string[], group: Group, word: string): HintedError {
  const name = `xeroctl ${path.join(' ')}`
  const hint =
    nearestVerb(word, verbsOf(path, group)) ??
    `'${word}' is no command either: ${verbList(path, group)} What there is: \`${name}\`.`
  return new HintedError(error, hint)
}

function verbList(path: readonly string[], { members }: Group): string {
  return `\`xeroctl ${path.join(' ')}\` has ${members.map(({ name }) => name).join(', ')}.`
}

function verbsOf(path: readonly string[], { members }: Group) {
  return { path: path.join(' '), verbs: members.map(({ name }) => name) }
}

/** Empty words are told to be empty by whoever takes them. */
function mayBeName(bare: Bare, word: string): boolean {
  return bare.freeNames === true || /\d|^\W*$/.test(word)
}

function argumentOf({ show }: Bare): string {
  return (show === undefined ? undefined : Object.keys(show.arguments)[0]) ?? 'command'
}

function described({ show }: Bare): string {
  return show === undefined ? 'Without it, the list' : `${Object.values(show.arguments)[0]}; without it, the list`
}

/** The values as given: which option is required depends on the action. */
function deferred(option: Option<unknown>): Option<readonly string[]> {
  const { required: _, ...rest } = option
  return { ...rest, summary: option.summary.replace(' (required)', ''), parse: (values) => values }
}

function actionFlag(action: Command): Option<readonly string[]> {
  return { summary: action.summary, placeholder: undefined, aliases: [], parse: (values) => values }
}
