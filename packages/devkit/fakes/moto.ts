// An AWS that is none: moto's server (Python), for the real aws command. It verifies no signature,
// and tells accounts apart by the access key.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { listeningOn } from '@xerotier/runtime/listening.ts'

export interface Moto {
  /** For AWS_ENDPOINT_URL. */
  url: string
  /**
   * One action of a service's query API, as whoever the access key belongs to. Answers XML.
   * @throws when it is refused
   */
  ask(service: 'ec2' | 'sts', accessKeyId: string, action: Record<string, string>): Promise<string>
  close(): Promise<void>
}

const works = (program: string, ...args: string[]) => spawnSync(program, args).status === 0

/** Why tests with the aws command are skipped here, or false. */
export function awsMissing(): string | false {
  return !(works('aws', '--version') && works('python3', '-c', 'import moto.server, flask')) && 'no aws, or no moto'
}

export async function startMoto(): Promise<Moto> {
  const port = await freePort()
  const child = spawn('python3', ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const ended = once(child, 'exit')
  let words = ''
  await new Promise<void>((resolve, reject) => {
    // It goes on being read: a full pipe would stop the server.
    child.stderr.on('data', (chunk) => {
      if (words.includes('Running on')) return
      words += chunk
      if (words.includes('Running on')) resolve()
    })
    ended.then(() => reject(new Error(`moto did not start: ${words}`)), reject)
  })
  const url = `http://127.0.0.1:${port}`
  return {
    url,
    async ask(service, accessKeyId, action) {
      const answer = await fetch(url, {
        method: 'POST',
        headers: {
          authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/eu-central-1/${service}/aws4_request`,
        },
        body: new URLSearchParams(action),
      })
      const text = await answer.text()
      if (!answer.ok) throw new Error(`moto: ${answer.status} ${text}`)
      return text
    },
    async close() {
      child.kill()
      await ended
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = listeningOn(server)
  server.close()
  await once(server, 'close')
  return port
}
