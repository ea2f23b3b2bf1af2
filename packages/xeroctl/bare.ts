// The shape `xeroctl <resource> [<id>] [--<action>]`, derived from the commands of the group.
import { ApiError } from '@xerotier/client/api-error.ts'
import { type Bare, type Command, command } from './command.ts'
import { exitCodes, exitOfError, UsageError } from './exit-codes.ts'
import { HintedError } from './hinted-error.ts'
import { nearestVerb, type Verbs } from './nearest.ts'
import { flagOf, type Option, type Options } from './options.ts'

/** One command that does what its id and its action flag say. */
export function bareCommand(name: string, summary: string, bare: Bare, verbs: Verbs): Command {
  const actions = Object.entries(bare.actions)
  const all = [bare.list, bare.show, ...actions.map(([, action]) => action)]
  const options: Options = {}
  for (const [key, action] of actions) options[key] = actionFlag(action)
  for (const member of all)
    for (const key of Object.keys(member.options)) options[key] ??= deferred(member.options[key]!)
  return command({
    name,
    summary,
    arguments: { [`${bare.argument}?`]: `${Object.values(bare.show.arguments)[0]}; without it, the list` },
    options,
    examples: all.flatMap((member) => member.examples),
    async run({ cli, args, options: given }) {
      const id = (args as Record<string, string | undefined>)[bare.argument]
      // `agents lst` reads as an agent of that name.
      const hint = nearestVerb(id, verbs)
      const chosen = actions.filter(([key]) => (given[key] as readonly string[]).length > 0)
      if (chosen.length > 1)
        throw new UsageError(`one action at a time: ${chosen.map(([key]) => flagOf(key)).join(' and ')}`)
      const action = chosen[0]?.[1] ?? (id === undefined ? bare.list : bare.show)
      for (const [key, value] of Object.entries(given)) {
        if (key in action.options || key in bare.actions || (value as readonly string[]).length === 0) continue
        const goesWith = actions.filter(([, other]) => key in other.options).map(([other]) => flagOf(other))
        throw new UsageError(`${flagOf(key)} goes with ${goesWith.join(' or ') || 'the list'}`, hint)
      }
      const argument = Object.keys(action.arguments)[0]
      if (argument === undefined && id !== undefined)
        throw new UsageError(`${flagOf(chosen[0]?.[0] ?? '')} takes no ${bare.argument}`)
      if (argument !== undefined && id === undefined)
        throw new UsageError(`${flagOf(chosen[0]?.[0] ?? '')} needs the ${bare.argument}`)
      const values = Object.entries(action.options).map(([key, option]) => [
        key,
        option.parse(given[key] as readonly string[], flagOf(key)),
      ])
      const done = action.run({
        cli,
        args: argument === undefined ? {} : { [argument]: id },
        options: Object.fromEntries(values),
      })
      return done.catch((error: unknown) => {
        const missing = error instanceof ApiError && exitOfError(error) === exitCodes.notFound.code
        throw missing && hint !== undefined ? new HintedError(error, hint) : error
      })
    },
  })
}

/** The values as given: which option is required depends on the action. */
function deferred(option: Option<unknown>): Option<readonly string[]> {
  return { ...option, summary: option.summary.replace(' (required)', ''), parse: (values) => values }
}

function actionFlag(action: Command): Option<readonly string[]> {
  return { summary: action.summary, placeholder: undefined, aliases: [], parse: (values) => values }
}
