// Records as syslog messages (RFC 5424) over TLS (RFC 5425) or TCP (RFC 6587), each with its length
// before it. Nobody acknowledges them: what was written last goes again over the next connection
// when one is cut, so a collector may get a record twice, and tells by its number.
import { once } from 'node:events'
import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { Clock } from '@xerotier/runtime/clock.ts'
import type { Collector, Line } from './collector.ts'

export interface SyslogOptions {
  host: string
  port: number
  /** Plain TCP without it. */
  tls: { ca: string | undefined } | undefined
  /** As it names itself in each message. */
  hostname: string
  clock: Clock
  /** How long to connect, or to take what was written, may last, ms. */
  patienceMs?: number
}

/** Of what may have been lost with a connection, bytes. */
const keptBytes = 4 * 1024 * 1024

/** Facility 13, log audit (RFC 5424, table 1). */
const facility = 13
const severities = { refusal: 4, notice: 5 }

export function createSyslog(options: SyslogOptions): Collector {
  const { clock, patienceMs = 10_000 } = options
  let socket: Socket | undefined
  let kept: Buffer[] = []

  async function open(): Promise<Socket> {
    const { host, port, tls } = options
    const fresh =
      tls === undefined
        ? connectTcp({ host, port })
        : connectTls({
            host,
            port,
            ...(isIP(host) === 0 ? { servername: host } : {}),
            ...(tls.ca === undefined ? {} : { ca: tls.ca }),
          })
    fresh.on('error', () => {})
    // It has nothing to say; that it went is heard only by who reads.
    fresh.resume()
    fresh.once('end', () => fresh.destroy())
    fresh.once('close', () => {
      if (socket === fresh) socket = undefined
    })
    await within(fresh, once(fresh, tls === undefined ? 'connect' : 'secureConnect'), 'did not answer in time')
    return fresh
  }

  /** Destroys the connection when it takes too long: nobody knows what it has taken. */
  async function within<T>(on: Socket, work: Promise<T>, late: string): Promise<T> {
    const { promise, reject } = Promise.withResolvers<never>()
    const failed = (error: Error) => reject(error)
    const closed = () => reject(new Error('the collector closed the connection'))
    on.once('error', failed)
    on.once('close', closed)
    const timer = clock.after(patienceMs, () => reject(new Error(`the collector ${late}`)))
    try {
      return await Promise.race([work, promise])
    } catch (error) {
      on.destroy()
      throw error
    } finally {
      timer.cancel()
      on.off('error', failed)
      on.off('close', closed)
      work.catch(() => {})
      promise.catch(() => {})
    }
  }

  return {
    async send(lines) {
      const fresh = lines.map((line) => frameOf(line, options.hostname))
      let frames = fresh
      if (socket === undefined) {
        socket = await open()
        frames = [...kept, ...fresh]
      }
      const on = socket
      const written = Promise.withResolvers<void>()
      on.write(Buffer.concat(frames), (error) => (error ? written.reject(error) : written.resolve()))
      await within(on, written.promise, 'took nothing more')
      kept = lastOf([...kept, ...fresh])
    },
    async close() {
      const on = socket
      if (on === undefined) return
      on.end()
      await within(on, once(on, 'close'), 'did not end').catch(() => {})
    },
  }
}

function lastOf(frames: readonly Buffer[]): Buffer[] {
  let [from, bytes] = [frames.length, 0]
  while (from > 0 && bytes + (frames[from - 1]?.length ?? 0) <= keptBytes) bytes += frames[--from]?.length ?? 0
  return frames.slice(from)
}

function frameOf({ at, kind, isRefusal, text }: Line, hostname: string): Buffer {
  const priority = facility * 8 + (isRefusal ? severities.refusal : severities.notice)
  const message = `<${priority}>1 ${at.toISOString()} ${word(hostname, 255)} xerotier-router - ${word(kind, 32)} - ${text}`
  return Buffer.from(`${Buffer.byteLength(message)} ${message}`)
}

/** What the head of a message can hold (RFC 5424, section 6). */
function word(text: string, most: number): string {
  return text.replaceAll(/[^\x21-\x7e]/g, '_').slice(0, most) || '-'
}
