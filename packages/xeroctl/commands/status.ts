import { ApiError } from '@xerotier/client/api-error.ts'
import { duration } from '@xerotier/protocol/duration.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { messageOf } from '@xerotier/protocol/thrown.ts'
import type { Cli } from '../cli.ts'
import { command } from '../command.ts'
import { keyPrefix } from '../dry-run.ts'
import { exitCodes, exitOfError } from '../exit-codes.ts'
import type { Cell } from '../output/cell.ts'

export const status = command({
  name: 'status',
  summary: 'Say which router is used and why, whether it answers, and what waits',
  notes: 'Ends with 0 when the router answers and the key is good, else as `xeroctl help exit-codes` says.',
  async run({ cli }) {
    const target = cli.target()
    const client = cli.client()
    const failures: unknown[] = []
    const attempt = <T>(work: Promise<T>) => work.catch((error: unknown) => void failures.push(error))

    const startedAt = cli.surroundings.now()
    const live = await attempt(client.call('health.live'))
    const roundTripMs = cli.surroundings.now() - startedAt
    const ready = live === undefined ? undefined : await attempt(client.call('health.ready'))
    const reachable = live !== undefined
    const [agents, approvals, doubts] = reachable
      ? await Promise.all([
          counted(cli, client.call('agents.list', { query: { limit: limits.pageMax } }), 'management'),
          counted(
            cli,
            client.call('approvals.list', { query: { status: 'pending', limit: limits.pageMax } }),
            'execution',
          ),
          counted(
            cli,
            client.call('executions.list', { query: { status: 'ambiguous', limit: limits.pageMax } }),
            'execution',
          ),
        ])
      : [undefined, undefined, undefined]
    // A key that lacks one scope is a good key; a refused one is not.
    const refusal = [agents, approvals, doubts].find((count) => count?.failure !== undefined)?.failure
    if (refusal !== undefined) failures.push(refusal)
    const online = agents?.rows?.filter(
      (agent) => agent.health !== 'offline' && agent.health !== 'pending' && agent.health !== 'suspended',
    )
    const paused = agents?.rows?.filter((agent) => agent.paused.length > 0)

    const aheadMs = cli.clock.ahead()
    const value = {
      object: 'status',
      base_url: target.baseUrl,
      base_url_from: target.sources.baseUrl,
      context: target.context ?? null,
      project: client.project,
      api_key: target.apiKey === undefined ? null : keyPrefix(target.apiKey),
      api_key_from: target.sources.apiKey ?? null,
      reachable,
      clock_behind_ms: reachable ? aheadMs : null,
      round_trip_ms: reachable ? roundTripMs : null,
      version: live?.version ?? null,
      ready: ready?.status === 'ready',
      checks: ready?.checks ?? {},
      api_key_accepted: !reachable ? null : refusal === undefined ? true : isRefused(refusal) ? false : null,
      agents_online: online?.length ?? null,
      agents: agents?.rows?.length ?? null,
      agents_paused: paused?.length ?? null,
      approvals_pending: approvals?.rows?.length ?? null,
      executions_ambiguous: doubts?.rows?.length ?? null,
    }
    const failing = Object.entries(value.checks)
      .filter(([, check]) => check !== 'ok')
      .map(([name]) => name)
    const off = duration(Math.abs(aheadMs) / 1000)
    const clock: [string, Cell][] =
      aheadMs === 0 ? [] : [['Clock', `this host is ${off} ${aheadMs > 0 ? 'behind' : 'ahead of'} the router`]]
    const fields: [string, Cell][] = [
      ['Router', target.baseUrl],
      [
        '  from',
        target.context === undefined ? target.sources.baseUrl : `${target.sources.baseUrl} (context ${target.context})`,
      ],
      ['API key', value.api_key ?? 'none'],
      ['  from', value.api_key_from],
      ...clock,
      ['Reachable', reachable ? `yes, ${roundTripMs} ms, version ${live.version}` : 'no'],
    ]
    if (reachable) {
      fields.push(['Ready', value.ready ? 'yes' : `no${failing.length === 0 ? '' : `: ${failing.join(', ')} failing`}`])
      fields.push(['Key accepted', value.api_key_accepted === null ? 'unknown' : value.api_key_accepted ? 'yes' : 'no'])
      fields.push([
        'Agents online',
        agents?.sentence ??
          `${more(online?.length ?? 0, agents?.more)} of ${more(agents?.rows?.length ?? 0, agents?.more)}`,
      ])
      // Wholly, or in some workspace: `xeroctl agents` says where.
      fields.push(['Agents paused', agents?.sentence ?? more(paused?.length ?? 0, agents?.more)])
      fields.push(['Approvals pending', approvals?.sentence ?? more(approvals?.rows?.length ?? 0, approvals?.more)])
      // Each waits for a person: `xeroctl exec list --status ambiguous`, then `exec resolve`.
      fields.push(['Calls in doubt', doubts?.sentence ?? more(doubts?.rows?.length ?? 0, doubts?.more)])
    }
    const code = failures.length === 0 ? exitCodes.ok.code : exitOfError(failures[0])
    cli.surroundings.ifUnread(code)
    await cli.print.detail(value, { fields })
    if (failures.length > 0) cli.say(messageOf(failures[0]))
    if (target.withheldKey !== undefined) cli.say(target.withheldKey)
    return code
  },
})

interface Count<Row> {
  rows?: Row[]
  more?: boolean
  /** Said in place of a number. */
  sentence?: string
  failure?: unknown
}

async function counted<Row>(
  cli: Cli,
  page: Promise<{ data: Row[]; has_more: boolean }>,
  scope: string,
): Promise<Count<Row>> {
  try {
    const { data, has_more } = await page
    return { rows: data, more: has_more }
  } catch (error) {
    if (error instanceof ApiError && error.code === 'scope_insufficient')
      return { sentence: `not shown: the key lacks the scope ${scope}` }
    return { failure: error, sentence: cli.paint('unknown', 'dim') }
  }
}

function isRefused(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 401 || error.status === 403)
}

function more(count: number, isMore: boolean | undefined): string {
  return isMore === true ? `${count} or more` : String(count)
}
