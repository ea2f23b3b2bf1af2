import { command } from '../../command.ts'
import { UsageError } from '../../exit-codes.ts'
import { number, required, someOf, text, toggle, words } from '../../options.ts'
import { printSecret, secretNotes } from '../../secret.ts'
import { keyRecord } from '../../views/keys.ts'
import { vocabulary } from '../../vocabulary.data.ts'

const mostHours = 24 * 365 * 10

export const keysCreate = command({
  name: 'create',
  summary: 'Create an API key; its value is printed this once',
  options: {
    name: required(text('What it is for', { placeholder: 'name' })),
    scopes: required(someOf('What it may do', vocabulary.scopes, { aliases: ['scope'] })),
    for: text('Whose it is (e-mail or id): it acts as that member', { placeholder: 'member', live: 'members' }),
    service: toggle('It belongs to nobody, as by default'),
    workspace: words('Whose calls it may make and decide on (names or ids); default all', {
      short: 'w',
      live: 'workspaces',
    }),
    expiresInHours: number('Default: never', { min: 0.01, max: mostHours, integer: false }, { placeholder: 'hours' }),
  },
  notes: secretNotes('key'),
  examples: [
    'xeroctl keys create --name ci --scope execution',
    'xeroctl keys create --name deploy --scope execution -w kubernetes-staging',
    'xeroctl keys create --name laptop --for anna@example.com --scopes execution',
    'xeroctl keys --create --name ci --scopes execution,inference',
  ],
  async run({ cli, options }) {
    if (options.service && options.for !== undefined) throw new UsageError('give --for or --service, not both')
    const hours = options.expiresInHours
    const expires_at =
      hours === undefined ? undefined : new Date(cli.surroundings.now() + hours * 3600_000).toISOString()
    const workspaces = options.workspace.length === 0 ? undefined : options.workspace
    const created = await cli.write('apiKeys.create', {
      body: { name: options.name, user: options.for, scopes: options.scopes, expires_at, workspaces },
    })
    if (created !== undefined)
      await printSecret(cli, created, keyRecord, 'Keep it safe: it is not shown again.', created.key)
  },
})
