// Mail by SMTP, a connection for each message. The server is the operator's; who reads is not.
import { codeOf } from '@xerotier/protocol/thrown.ts'
import type { Clock } from '@xerotier/runtime/clock.ts'
import { createTransport, type NodemailerError } from 'nodemailer'
import type { Attempted } from '../deliveries/attempt.ts'
import type { Mail } from './channels/email.ts'
import { reasonOf } from './reason.ts'

export interface SmtpOptions {
  /** `smtp://user@host:587`, or `smtps://` for TLS from the beginning; `?tls=off` for none. */
  url: string
  /** In place of one in the URL. */
  password?: string | undefined
  from: string
  /** PEM certificates to trust instead of the system's. */
  ca?: string
}

export interface Envelope extends Mail {
  to: string[]
  /** The same however often it is sent. */
  id: string
  /** What it belongs to: clients show these together. */
  thread: string
}

export type SendMail = (envelope: Envelope) => Promise<Attempted>

const stepMs = 10_000
const totalMs = 30_000

export function createMailer(clock: Clock, options: SmtpOptions): SendMail {
  const url = new URL(options.url)
  const secure = url.protocol === 'smtps:'
  const isPlain = !secure && url.searchParams.get('tls') === 'off'
  const user = decodeURIComponent(url.username)
  const pass = options.password ?? decodeURIComponent(url.password)
  const domain = /@([^>\s]+)/.exec(options.from)?.[1] ?? 'xerotier.invalid'
  const settings = {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
    secure,
    // Without it a network in between could take TLS away.
    requireTLS: !secure && !isPlain,
    ignoreTLS: isPlain,
    ...(user === '' ? {} : { auth: { user, pass } }),
    ...(options.ca === undefined ? {} : { tls: { ca: options.ca } }),
    connectionTimeout: stepMs,
    greetingTimeout: stepMs,
    socketTimeout: stepMs,
    dnsTimeout: stepMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  }
  return async ({ to, id, thread, subject, text, html }) => {
    const transport = createTransport(settings)
    const late = Promise.withResolvers<Attempted>()
    const timer = clock.after(totalMs, () =>
      late.resolve({ delivered: false, error: `the mail server did not take it within ${totalMs} ms` }),
    )
    const sent = transport
      .sendMail({
        from: options.from,
        to,
        subject,
        text,
        html,
        messageId: `<${id}@${domain}>`,
        references: `<${thread}@${domain}>`,
        headers: { 'Auto-Submitted': 'auto-generated' },
      })
      .then(({ response }): Attempted => ({ delivered: true, status: Number(response?.slice(0, 3)) || 250 }), failed)
    try {
      return await Promise.race([sent, late.promise])
    } finally {
      timer.cancel()
      transport.close()
    }
  }
}

/** What the server refused for good is not tried again. */
function failed(error: NodemailerError): Attempted {
  const status = error.responseCode
  const code = codeOf(error)
  return {
    delivered: false,
    status,
    error: `mail: ${status === undefined && code !== undefined ? `${code}: ` : ''}${reasonOf(error)}`,
    // 5xx to who we are rather than to what we send may be mended at the server.
    final: status !== undefined && status >= 550 && code === 'EENVELOPE',
  }
}
