import type { Acceptance } from '@xerotier/protocol/api/invitations.ts'
import type { Cli } from '../../../cli.ts'
import { command } from '../../../command.ts'
import { ask } from '../../../confirm.ts'
import { UsageError } from '../../../exit-codes.ts'
import { required, text, toggle } from '../../../options.ts'
import { printSecret, secretNotes } from '../../../secret.ts'
import { textOfStdin } from '../../../text.ts'
import { acceptanceRecord } from '../../../views/invitations.ts'

export const invitationsAccept = command({
  name: 'accept',
  summary: 'Accept an invitation with its token; your API key is printed this once',
  options: {
    name: required(text('What people call you; of no effect when the router knows you', { placeholder: 'name' })),
    tokenStdin: toggle('Read the token from stdin; on a terminal it is asked for'),
  },
  notes: `${secretNotes('key')} The token comes with the mail of the invitation, or from who invited you.`,
  examples: [
    'xeroctl project invitations accept --base-url https://router.example/demo/v1 --name "Anna Ek"',
    'xeroctl project invitations accept --name "Anna Ek" --token-stdin < token.txt',
  ],
  async run({ cli, options: { name, tokenStdin } }) {
    const token = await tokenOf(cli, tokenStdin)
    const accepted = await cli.write('invitations.accept', { body: { token, name } })
    if (accepted === undefined) return
    const { baseUrl } = cli.target()
    const remark = `Keep the key: it is not shown again. \`${cli.program} config add ${accepted.project} --base-url ${baseUrl} --api-key-stdin --use\``
    await printSecret<Acceptance, Acceptance>(cli, accepted, acceptanceRecord, remark, accepted.api_key.key)
  },
})

/** It never stands on the line: others see that. */
async function tokenOf(cli: Cli, fromStdin: boolean): Promise<string> {
  if (fromStdin) return (await textOfStdin(cli.surroundings.stdin)).trim()
  if (cli.surroundings.stdin.isTTY === true) return (await ask(cli, 'Token: ', true)).trim()
  throw new UsageError('nobody can be asked for the token here', 'Give it with --token-stdin.')
}
