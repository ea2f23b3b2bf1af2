// The measured call: `bench_echo`, 256 bytes of arguments, 1 KB of payload in the answer, submitted
// and waited for in one request.
import { type Dispatcher, Pool } from 'undici'
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
      const [status, text] = await ask(pool, { path: submit.pathname + submit.search, method: 'POST', headers, body })
      if (status !== 200 || !text.includes('"state":"completed"'))
        throw new Error(`a call was answered ${status}: ${text.slice(0, 300)}`)
      return text
    },
    nothing: () => ask(pool, { path: '/healthz', method: 'GET' }),
    close: () => pool.close(),
  }
}

/**
 * One request and its whole answer. The handler below `request()`: streams cost a client on the
 * same cores a third of its time.
 */
function ask(pool: Pool, request: Dispatcher.DispatchOptions): Promise<[status: number, text: string]> {
  return new Promise((resolve, reject) => {
    let status = 0
    const chunks: Buffer[] = []
    pool.dispatch(request, {
      onRequestStart() {},
      onResponseStart(_controller, code) {
        status = code
      },
      onResponseData(_controller, chunk) {
        chunks.push(chunk)
      },
      onResponseEnd() {
        resolve([status, (chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)).toString()])
      },
      onResponseError(_controller, error) {
        reject(error)
      },
    })
  })
}
