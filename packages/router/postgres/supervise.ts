import type { Clock, Timer } from '@xerotier/runtime/clock.ts'
import type { Log } from '@xerotier/runtime/log.ts'
import { pause } from './pause.ts'
import type { Server } from './server.ts'

export interface Supervised {
  pid(): number
  stop(): Promise<void>
}

/**
 * Between attempts to start: the sessions of a server that died must notice first, in milliseconds.
 */
const againAfterMs = 500
const firstAttempts = 3

/** Keeps one server running until told to stop. @throws when the first start fails. */
export async function supervise(start: () => Promise<Server>, clock: Clock, log: Log): Promise<Supervised> {
  let server = await startAtFirst(start, clock)
  let stopping = false
  let timer: Timer | undefined
  let starting: Promise<void> = Promise.resolve()

  const bringBack = async () => {
    try {
      server = await start()
      log.notice({ postgres_pid: server.pid }, 'postgres is back')
      watch()
    } catch (error) {
      log.error({ error }, 'postgres does not come back')
      again()
    }
  }
  const again = () => {
    if (stopping) return
    timer = clock.after(againAfterMs, () => {
      starting = bringBack()
    })
  }
  const watch = () => {
    void server.exited.then((how) => {
      if (stopping) return
      log.error({ how }, 'postgres died; starting it again')
      again()
    })
  }
  watch()
  return {
    pid: () => server.pid,
    async stop() {
      stopping = true
      timer?.cancel()
      await starting
      await server.stop(clock)
    },
  }
}

async function startAtFirst(start: () => Promise<Server>, clock: Clock): Promise<Server> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start()
    } catch (error) {
      if (attempt === firstAttempts) throw error
      await pause(clock, againAfterMs)
    }
  }
}
