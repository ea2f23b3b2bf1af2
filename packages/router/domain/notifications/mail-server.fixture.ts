import type { TestContext } from 'node:test'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'

export interface Taken {
  from: string
  to: string[]
  text: string
}

/** A real mail server on loopback. */
export type MailServer = Awaited<ReturnType<typeof startMailServer>>

export async function startMailServer(t: Pick<TestContext, 'after'>, options: SMTPServerOptions = {}) {
  const taken: Taken[] = []
  const server = new SMTPServer({
    authOptional: true,
    logger: false,
    disabledCommands: ['STARTTLS'],
    onData(stream, session, done) {
      let text = ''
      stream.setEncoding('utf8')
      stream.on('data', (chunk: string) => {
        text += chunk
      })
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope
        const from = mailFrom === false ? '' : mailFrom.address
        taken.push({ from, to: rcptTo.map(({ address }) => address), text })
        done()
      })
    },
    ...options,
  })
  server.on('error', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => new Promise<void>((resolve) => server.close(() => resolve())))
  const address = server.server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return { taken, port, url: `smtp://127.0.0.1:${port}?tls=off` }
}

/** What the mails are about, in the order in which they came. */
export function subjectsOf({ taken }: Pick<MailServer, 'taken'>): string[] {
  return taken.map(({ text }) => /^Subject: (.*)\r$/m.exec(text)?.[1] ?? '')
}

/** The one-time link to an approval that stands in a mail; undefined while there is none. */
export function linkTo(approvalId: string, { taken }: Pick<MailServer, 'taken'>): string | undefined {
  for (const { text } of taken) {
    const found = /https?:\/\/\S+\/ops\/approval\/\S+/.exec(text.replace(/=\r?\n/g, '').replace(/=3D/g, '='))?.[0]
    if (found?.includes(approvalId) === true) return found.replace(/".*$/, '')
  }
  return undefined
}
