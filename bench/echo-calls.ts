// The measured call: `bench_echo`, 256 bytes of arguments, 1 KB of payload in the answer, submitted and waited for in one request.
import { Pool } from 'undici'
import type { RouterUnderTest } from './system.ts'

export interface EchoCalls {
  /** Submits one and reads the whole answer. @throws when the call did not complete */
  call(): Promise<string>
  /** The same client asking for nothing: GET /healthz. */
  nothing(): Promise<unknown>
  close(): Promise<void>
}

const argumentBytes = 256
const payloadBytes = 1024

export function openEchoCalls(router: RouterUnderTest, workspace: string, connections: number): EchoCalls {
  const submit = new URL(`${router.baseUrl}/exec/invocations?wait=30`)
  const pool = new Pool(submit.origin, { connections, pipelining: 1 })
  const headers = { authorization: `Bearer ${router.apiKey}`, 'content-type': 'application/json' }
  const bare = { size: payloadBytes, padding: '' }
  const args = { ...bare, padding: 'p'.repeat(argumentBytes - JSON.stringify(bare).length) }
  const body = JSON.stringify({ workspace, tool: 'bench_echo', args })
  return {
    async call() {
      const answer = await pool.request({ path: submit.pathname + submit.search, method: 'POST', headers, body })
      const text = await answer.body.text()
      if (answer.statusCode !== 200 || !text.includes('"state":"completed"'))
        throw new Error(`a call was answered ${answer.statusCode}: ${text.slice(0, 300)}`)
      return text
    },
    async nothing() {
      const answer = await pool.request({ path: '/healthz', method: 'GET' })
      return answer.body.text()
    },
    close: () => pool.close(),
  }
}
