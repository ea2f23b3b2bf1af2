import { command } from '../command.ts'
import { printSecret } from '../secret.ts'
import { loginLinkRecord } from '../views/login-link.ts'

export const loginLink = command({
  name: 'login-link',
  summary: 'Make a link with which you log in at the dashboard, once',
  notes:
    'The link stands alone on stdout, and what else is to be said on stderr. Its session may what this key may, and ends with the key.',
  examples: ['xeroctl login-link'],
  async run({ cli }) {
    const made = await cli.write('loginLinks.create', {})
    if (made === undefined) return
    // Behind `#`, so that no proxy has the token in its log.
    const link = { ...made, url: `${cli.client().origin}/ops/login#${made.token}` }
    await printSecret(cli, link, loginLinkRecord, 'Open it in a browser: it is good for one login.', link.url)
  },
})
