// A witness of logs as a process of its own (C2SP tlog-witness), and what one may be instead: the
// path before add-checkpoint says what it does. `/` keeps to the protocol.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { newSigningKey } from '@xerotier/runtime/ed25519.ts'
import {
  cosign,
  type NoteKey,
  noteKey,
  parseCheckpoint,
  parseNote,
  parseVerifierKey,
  signatureLine,
  verifierKey,
} from '@xerotier/runtime/tlog/note.ts'
import type { TreeHead } from '@xerotier/runtime/tlog/tree.ts'
import { nothingSeen, witness } from '@xerotier/runtime/tlog/witness.ts'

export interface TlogWitness {
  /** Its submission prefix is this, or a path under it that says how it behaves. */
  url: string
  key: NoteKey
  stop(): Promise<void>
}

/** Ways in which an answer is of no use. */
const answers: Record<string, (hang: () => void) => { status: number; body: string } | undefined> = {
  hang: (hang) => void hang(),
  garbage: () => ({ status: 200, body: '— nobody\n'.repeat(100) }),
  'a-page': () => ({ status: 200, body: '<html>' }),
  flood: () => ({ status: 200, body: 'x'.repeat(1024 * 1024) }),
  broken: () => ({ status: 500, body: 'no' }),
  'knows-nobody': () => ({ status: 404, body: '' }),
  'sees-more': () => ({ status: 409, body: '999999999\n' }),
  'sees-a-fork': () => ({ status: 422, body: '' }),
}

/** @param logs verifier keys of the logs that it knows; all when left out */
export async function startTlogWitness({ logs = [] as string[] } = {}): Promise<TlogWitness> {
  const child = spawn(process.execPath, [import.meta.filename, ...logs], { stdio: ['pipe', 'pipe', 'inherit'] })
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  const { port, key } = JSON.parse(line.toString()) as { port: number; key: string }
  const parsed = parseVerifierKey(key)
  if (parsed === undefined) throw new Error(`the witness has no key: ${key}`)
  return {
    url: `http://127.0.0.1:${port}`,
    key: parsed,
    async stop() {
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    },
  }
}

function serve(logs: readonly NoteKey[]): void {
  const signing = newSigningKey()
  const key = noteKey('witness.example/w1', 'cosigner', signing.publicKey)
  const seen = new Map<string, TreeHead>()

  const add = (body: string, signer = signing) => {
    const end = body.indexOf('\n\n')
    const [old = '', ...proof] = body.slice(0, end).split('\n')
    const note = body.slice(end + 2)
    const { origin } = parseCheckpoint(parseNote(note).text)
    const log = logs.find(({ name }) => name === origin)
    if (log === undefined) return { status: 404, body: '' }
    const before = seen.get(origin) ?? nothingSeen
    const offered = { note, oldSize: Number(old.slice(4)), proof: proof.map((line) => Buffer.from(line, 'base64')) }
    const found = witness(before, offered, log)
    if ('refusal' in found) {
      if (found.refusal === 'signature') return { status: 403, body: '' }
      if (offered.oldSize !== before.size) return { status: 409, body: `${before.size}\n` }
      return { status: 422, body: '' }
    }
    seen.set(origin, found.head)
    return { status: 200, body: signatureLine(key, cosign(found.text, signer, Math.floor(Date.now() / 1000))) }
  }

  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => void parts.push(part))
    request.on('end', () => {
      const [, way = ''] = /^\/(?:([a-z-]+)\/)?add-checkpoint$/.exec(request.url ?? '') ?? []
      const body = Buffer.concat(parts).toString()
      const found =
        way === ''
          ? add(body)
          : way === 'another-key'
            ? add(body, newSigningKey())
            : (answers[way] ?? answers.broken)?.(() => response.on('close', () => {}))
      if (found === undefined) return
      response.writeHead(found.status, found.status === 409 ? { 'content-type': 'text/x.tlog.size' } : {})
      response.end(found.body)
    })
  })
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo
    process.stdout.write(`${JSON.stringify({ port, key: verifierKey(key) })}\n`)
  })
  // It ends with whoever started it.
  process.stdin.on('end', () => process.exit(0)).resume()
}

if (import.meta.main) serve(process.argv.slice(2).map((text) => parseVerifierKey(text) ?? process.exit(2)))
