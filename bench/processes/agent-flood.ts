// An agent that is enrolled and signs well, and sends nothing that is of use to anybody. It comes
// back whenever its session is gone.
import { createClient } from '@xerotier/client/client.ts'
import { bareAgent, enrollBare, toolOf } from '@xerotier/devkit/bare-agent.ts'

export type FloodKind = 'unknown' | 'malformed' | 'duplicates' | 'hellos'

export interface FloodingAgent {
  kind: FloodKind
  baseUrl: string
  apiKey: string
  perSecond: number
}

const settings: FloodingAgent = JSON.parse(process.argv[2] ?? '{}')
const { kind, perSecond } = settings
const client = createClient({ baseUrl: settings.baseUrl, apiKey: settings.apiKey })
const { keys, enrollment } = await enrollBare(client, `flood-${kind}`)
const tools = [toolOf('flood')]
let agent = bareAgent(keys, enrollment, tools)
await agent.open()

const tickMs = 10
/** How long it believes in a session. */
const sessionMs = 2_000
let sent = 0
let since = performance.now()
const next = { t: 'result', execution_id: 'exe_none', attempt: 1, lease_epoch: 1 }

function frameOf(nth: number): unknown {
  if (kind === 'hellos') return { t: 'hello', agent_id: enrollment.agent_id }
  if (kind === 'unknown') return { t: `no_such_frame_${nth}`, nth }
  if (kind === 'malformed') return { ...next, outcome: nth }
  return {
    ...next,
    execution_id: `exe_${String(nth).padStart(26, '0')}`,
    lease_epoch: agent.leaseEpoch,
    outcome: 'completed',
    exit_code: 0,
    signal: null,
    error: null,
    result: { ok: true },
    started_at: Date.now(),
    finished_at: Date.now(),
    stdout_bytes: 0,
    stderr_bytes: 0,
    truncated: false,
  }
}

setInterval(() => {
  if (performance.now() - since > sessionMs) void comeBack()
  for (let nth = 0; nth < (perSecond * tickMs) / 1000; nth++) {
    sent += 1
    agent.waiting.length = 0
    const changes = kind === 'hellos' ? { session: '', n: 0 } : {}
    agent.send([frameOf(sent)], changes).catch(() => {})
  }
}, tickMs)
setInterval(() => process.send?.(sent), 100)

async function comeBack(): Promise<void> {
  since = performance.now()
  agent.close()
  agent = bareAgent(keys, enrollment, tools)
  // Refused, it goes on all the same.
  await agent.offer().catch(() => {})
}
