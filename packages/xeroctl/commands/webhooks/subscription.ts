// What a webhook or a channel hears of, as options.
import { oneOf, someOf, words } from '../../options.ts'
import { vocabulary } from '../../vocabulary.data.ts'

export const subscriptionOptions = {
  events: words("Types, families such as 'exec.*', or '*'"),
  workspace: words('Only what happens in these (names or ids)', { short: 'w', live: 'workspaces' }),
  risk: someOf('Only calls of these risks', vocabulary.risks),
}

export const activeOption = oneOf('Whether it is sent anything', ['yes', 'no'])

/** For the help of what takes them. */
export const eventNotes = `Event types: ${vocabulary.webhookTypes.join(', ')}.`

/** Of those that were given. */
export function subscriptionOf(options: {
  events: string[]
  workspace: string[]
  risk: (typeof vocabulary.risks)[number][]
}) {
  return {
    ...(options.events.length === 0 ? {} : { events: options.events }),
    ...(options.workspace.length === 0 ? {} : { workspaces: options.workspace }),
    ...(options.risk.length === 0 ? {} : { risks: options.risk }),
  }
}
