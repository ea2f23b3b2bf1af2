// Between a router and its Postgres: answers to chosen statements are
// lost with their connection, after they took effect; connections go
// silent, as after a failover or behind a firewall that forgot them.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** @param connection of the message: others of the application speak meanwhile */
type IsLost = (application: string, message: string, connection: object) => boolean

export interface PostgresProxy {
  /** The database through the proxy. */
  url: string
  /** The answer to the next message to Postgres that `is` takes is lost. Resolves when it is. */
  loseAnswer(is: IsLost): Promise<void>
  /**
   * The connections that this application has now stay open
   * at both ends, and neither hears of the other any more.
   */
  silence(application: string): void
  close(): Promise<void>
}

const socketName = '.s.PGSQL.5432'

/** @param databaseUrl of a database behind a unix socket */
export async function startPostgresProxy(databaseUrl: string): Promise<PostgresProxy> {
  const url = new URL(databaseUrl)
  const socket = join(url.searchParams.get('host')!, socketName)
  const folder = mkdtempSync(join(tmpdir(), 'xerotier-proxy-'))
  chmodSync(folder, 0o700)
  const sockets = new Set<Socket>()
  const silencers = new Set<(application: string) => void>()
  let losing: { is: IsLost; lost: () => void } | undefined
  const server = createServer((near) => {
    const far = connect(socket)
    let application: string | undefined
    let lost: (() => void) | undefined
    let silent = false
    silencers.add((name) => {
      silent ||= name === application
    })
    near.on('data', (message) => {
      const text = message.toString('latin1')
      // The first message holds it among the parameters of the session.
      application ??= /application_name\0([^\0]*)/.exec(text)?.[1] ?? ''
      if (losing?.is(application, text, near)) {
        lost = losing.lost
        losing = undefined
      }
      if (!silent) far.write(message)
    })
    far.on('data', (answer) => {
      if (silent) return
      if (lost === undefined) return void near.write(answer)
      lost()
      near.destroy()
    })
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one)
      one.on('error', () => {})
      one.on('close', () => {
        sockets.delete(one)
        if (!silent) other.destroy()
      })
    }
  })
  await new Promise<void>((resolve) => server.listen(join(folder, socketName), resolve))
  url.searchParams.set('host', folder)
  return {
    url: url.href,
    loseAnswer: (is) =>
      new Promise((lost) => {
        losing = { is, lost }
      }),
    silence(application) {
      for (const silencer of silencers) silencer(application)
    },
    async close() {
      for (const open of sockets) open.destroy()
      await new Promise((resolve) => server.close(resolve))
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
