// The certificate of the HTTP server, read again when its files change: it outlives no process that
// serves for longer than it is valid.
import { createPrivateKey, X509Certificate } from 'node:crypto'
import type { Server } from 'node:https'
import { type Clock, every } from '@xerotier/runtime/clock.ts'
import type { Log } from '@xerotier/runtime/log.ts'
import { Gauge, type Registry } from 'prom-client'

/** PEM. */
export interface Certificate {
  /** With those between it and the authority. */
  cert: string | Buffer
  key: string | Buffer
}

/** Reads its files. @throws when one cannot be read */
export type ReadCertificate = () => Certificate

export interface CertificateKeeper {
  /** Takes what is in the files now. @throws when that is no certificate with its key */
  renew(): void
  close(): void
}

const lookMs = 30_000
const dayMs = 24 * 3600_000
/** Authorities that renew by themselves do it earlier: who has less left forgot something. */
const warnDays = 14

export function keepCertificate(
  { clock, log, registry }: { clock: Clock; log: Log; registry: Registry },
  server: Pick<Server, 'setSecureContext'>,
  { first, read }: { first: Certificate; read: ReadCertificate },
): CertificateKeeper {
  let current = first
  /** What was found broken and said so: a file may be half written when it is looked at. */
  let broken: Certificate | undefined
  let expiresAt = expiryOf(first)
  new Gauge({
    name: 'xerotier_router_certificate_expiry_timestamp_seconds',
    help: 'When the certificate of the HTTP API expires, in seconds since the epoch',
    registers: [registry],
    collect() {
      this.set(expiresAt / 1000)
    },
  })

  const warn = () => {
    const days = Math.floor((expiresAt - clock.now()) / dayMs)
    const about = { expires_at: new Date(expiresAt).toISOString() }
    if (days < 0) log.error(about, 'the certificate of the HTTP API has expired')
    else if (days < warnDays) log.warning({ ...about, days }, 'the certificate of the HTTP API expires soon')
  }
  const take = (found: Certificate) => {
    expiresAt = expiryOf(found)
    server.setSecureContext(found)
    current = found
    broken = undefined
    log.notice({ expires_at: new Date(expiresAt).toISOString() }, 'the certificate was read again')
    warn()
  }
  const look = () => {
    let found: Certificate | undefined
    try {
      found = read()
      if (isSame(found, current) || (broken !== undefined && isSame(found, broken))) return
      take(found)
    } catch (error) {
      if (found === undefined || broken === undefined || !isSame(found, broken))
        log.error({ error }, 'the certificate cannot be read again; the one before stays')
      broken = found
    }
  }

  warn()
  const looking = every(clock, lookMs, look)
  const warning = every(clock, dayMs, warn)
  return {
    renew() {
      const found = read()
      if (!isSame(found, current)) take(found)
    },
    close() {
      looking.cancel()
      warning.cancel()
    },
  }
}

/** @throws when it is no certificate, or the key is that of another */
export function expiryOf({ cert, key }: Certificate): number {
  const certificate = new X509Certificate(cert)
  if (!certificate.checkPrivateKey(createPrivateKey(key))) throw new Error('the key is not that of the certificate')
  return certificate.validToDate.getTime()
}

function isSame(one: Certificate, other: Certificate): boolean {
  return String(one.cert) === String(other.cert) && String(one.key) === String(other.key)
}
