import assert from 'node:assert/strict'
import { createServer, type Socket } from 'node:net'
import { test } from 'node:test'
import { selfSigned, withoutOpenssl } from '@xerotier/devkit/self-signed.ts'
import { settableClock } from '@xerotier/devkit/settable-clock.ts'
import { systemClock } from '@xerotier/runtime/clock.ts'
import type { SMTPServerOptions } from 'smtp-server'
import { mailOf } from './channels/email.ts'
import { startMailServer } from './mail-server.fixture.ts'
import type { Message } from './message.ts'
import { createMailer, type SmtpOptions } from './smtp.ts'

const message: Message = {
  title: 'Approval wanted: stop in ws\r\nBcc: evil@example.com',
  tone: 'asks',
  facts: [['Requester', '<script>alert(1)</script>']],
  code: '{\n  "host": "db-1"\n}',
  link: { label: 'Review and decide', url: 'https://router.example/ops/approval/1?token=t' },
  subject: 'approval-1',
  alarm: 'raise',
}
const envelope = { ...mailOf(message), to: ['ann@example.com', 'bob@example.com'], id: 'dlv_1', thread: 'approval-1' }
const mailer = (url: string, more: Partial<SmtpOptions> = {}) =>
  createMailer(systemClock, { url, from: 'Xerotier <xem@example.com>', ...more })

/** Quoted-printable as it is read. */
const decoded = (text: string) =>
  text.replace(/=\r?\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))

test('a mail arrives as plain text and HTML, with an id of its own and nothing of it as a header', async (t) => {
  const { taken, port } = await startMailServer(t)
  assert.deepEqual(await mailer(`smtp://127.0.0.1:${port}?tls=off`)(envelope), { delivered: true, status: 250 })
  const [mail] = taken
  assert.deepEqual([mail?.from, mail?.to], ['xem@example.com', ['ann@example.com', 'bob@example.com']])
  const text = decoded(mail?.text ?? '')
  assert.match(text, /^Message-ID: <dlv_1@example\.com>\r$/im)
  assert.match(text, /^References: <approval-1@example\.com>\r$/im)
  assert.match(text, /^Subject: Approval wanted: stop in ws Bcc: evil@example\.com\r$/im)
  assert.doesNotMatch(text.split('\r\n\r\n')[0] ?? '', /^Bcc:/im)
  assert.match(text, /Content-Type: text\/plain/)
  assert.match(text, /Requester: +<script>alert\(1\)<\/script>/)
  assert.match(text, /Content-Type: text\/html/)
  assert.match(text, /&#60;script&#62;alert\(1\)&#60;\/script&#62;/)
  assert.match(text, /Review and decide:\r\nhttps:\/\/router\.example\/ops\/approval\/1\?token=t/)
  assert.doesNotMatch(text.slice(text.indexOf('<!doctype html>')), /<(?:img|link|script)/)
})

test('it signs in, by TLS from the beginning and by STARTTLS', async (t) => {
  const made = selfSigned()
  if (made === undefined) return t.skip(withoutOpenssl)
  const { cert, key } = made
  const users: string[] = []
  const onAuth: SMTPServerOptions['onAuth'] = ({ username, password }, _, done) => {
    users.push(`${username} ${password}`)
    done(null, { user: username })
  }
  for (const secure of [true, false]) {
    const { taken, port } = await startMailServer(t, {
      secure,
      cert,
      key,
      onAuth,
      authOptional: false,
      disabledCommands: [],
    })
    const url = `${secure ? 'smtps' : 'smtp'}://ann%40example.com@localhost:${port}`
    const sent = await mailer(url, { password: 'hunter2', ca: cert })(envelope)
    assert.deepEqual([sent, taken.length], [{ delivered: true, status: 250 }, 1])
  }
  assert.deepEqual(users, ['ann@example.com hunter2', 'ann@example.com hunter2'])
})

test('without STARTTLS nothing is sent, unless TLS is switched off by name', async (t) => {
  const { taken, port } = await startMailServer(t)
  const sent = await mailer(`smtp://ann:hunter2@127.0.0.1:${port}`)(envelope)
  assert.equal(sent.delivered, false)
  assert.doesNotMatch(JSON.stringify(sent), /hunter2/)
  assert.equal(taken.length, 0)
})

test('an unknown certificate is refused', async (t) => {
  const made = selfSigned()
  if (made === undefined) return t.skip(withoutOpenssl)
  const { cert, key } = made
  const { taken, port } = await startMailServer(t, { secure: true, cert, key })
  const sent = await mailer(`smtps://localhost:${port}`)(envelope)
  assert.deepEqual([sent.delivered, taken.length], [false, 0])
})

test('4xx is tried again, a recipient that is refused for good is not', async (t) => {
  const refusing = (responseCode: number): SMTPServerOptions => ({
    onRcptTo: (_, __, done) => done(Object.assign(new Error('no such mailbox'), { responseCode })),
  })
  const later = await startMailServer(t, refusing(450))
  const never = await startMailServer(t, refusing(550))
  const toLater = await mailer(`smtp://127.0.0.1:${later.port}?tls=off`)(envelope)
  const toNever = await mailer(`smtp://127.0.0.1:${never.port}?tls=off`)(envelope)
  assert.deepEqual({ ...toLater, error: '' }, { delivered: false, status: 450, error: '', final: false })
  assert.deepEqual({ ...toNever, error: '' }, { delivered: false, status: 550, error: '', final: true })
  assert.match(JSON.stringify(toNever), /no such mailbox/)
})

test('a server that wants another password is tried again: the operator may mend it', async (t) => {
  const { port } = await startMailServer(t, {
    authOptional: false,
    allowInsecureAuth: true,
    onAuth: (_, __, done) => done(Object.assign(new Error('wrong password'), { responseCode: 535 })),
  })
  const sent = await mailer(`smtp://ann:hunter2@127.0.0.1:${port}?tls=off`)(envelope)
  assert.deepEqual({ ...sent, error: '' }, { delivered: false, status: 535, error: '', final: false })
  assert.doesNotMatch(JSON.stringify(sent), /hunter2/)
})

test('a server that refuses the connection, or hangs, has failed', async (t) => {
  const refused = await mailer('smtp://127.0.0.1:1?tls=off')(envelope)
  assert.equal(refused.delivered, false)
  assert.match(JSON.stringify(refused), /ECONNREFUSED/)

  const sockets: Socket[] = []
  const arrived = Promise.withResolvers<void>()
  const silent = createServer((socket) => {
    sockets.push(socket)
    // As if it were about to say something all the time.
    socket.write('220-wait\r\n')
    arrived.resolve()
  })
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    silent.close()
  })
  const clock = settableClock()
  const address = silent.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const sending = createMailer(clock, { url: `smtp://127.0.0.1:${port}?tls=off`, from: 'xem@example.com' })(envelope)
  await arrived.promise
  await clock.advance(30_000)
  const hung = await sending
  assert.deepEqual(hung, { delivered: false, error: 'the mail server did not take it within 30000 ms' })
})
