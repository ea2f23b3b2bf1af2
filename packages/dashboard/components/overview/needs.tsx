// What waits for somebody, the worst first, each with the way to where it is dealt with.
import { type UseQueryResult, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useClient } from '../../api/client.ts'
import {
  agentsQuery,
  approvalsQuery,
  candidatesQuery,
  healthQuery,
  historyQuery,
  may,
  reviewsQuery,
} from '../../api/queries.ts'
import { useSession } from '../../api/session.ts'
import { Mark } from '../../ui/mark.tsx'
import { Section } from '../../ui/state.tsx'
import { leftText, useNow } from '../../ui/time.tsx'
import { words } from '../../words/en.ts'
import { stateWords } from '../../words/en-states.ts'
import { Missing, Waiting } from '../asked.tsx'
import { HealthMark } from '../marks.tsx'
import { Said } from '../texts.tsx'

const text = words.overview
/** An approval that ends within so long is named by itself. */
const soonMs = 5 * 60_000
/** Of the calls of a tool: from so many and such a share on it is named. */
const failing = { calls: 3, share: 0.2 }
const shownMost = 8

interface Item {
  key: string
  shown: ReactNode
}

export function Needs() {
  const [calls, agents] = [useCalls(), useAgents()]
  const items = [...calls.items, ...agents.items]
  const asked = [...calls.asked, ...agents.asked]
  const failed = asked.flatMap(([name, one]) => (one.error === null ? [] : [{ name, one, error: one.error }]))
  const isWhole = asked.every(([, { data, isEnabled }]) => data !== undefined || !isEnabled)
  return (
    <Section title={text.needs}>
      {failed.length > 0 && <p className="font-medium text-warn">{stateWords.partial}</p>}
      {failed.map(({ name, one, error }) => (
        <Missing key={name} what={stateWords.sources[name]} asked={one} error={error} />
      ))}
      {items.length === 0 && !isWhole ? (
        failed.length === 0 && <Waiting rows={2} />
      ) : items.length === 0 ? (
        <p className="card flex items-center gap-2 p-4 text-soft">
          <Mark tone="good" shape="check">
            {text.ok}
          </Mark>
          {text.needsNothing}
        </p>
      ) : (
        <ul className="card divide-y divide-line">
          {items.map(({ key, shown }) => (
            <li key={key} className="px-4 py-2.5">
              {shown}
            </li>
          ))}
        </ul>
      )}
    </Section>
  )
}

interface Found {
  items: Item[]
  /** Where it was looked for. */
  asked: readonly (readonly [name: keyof typeof stateWords.sources, UseQueryResult])[]
}

/** Calls and approvals. */
function useCalls(): Found {
  const client = useClient()
  const session = useSession()
  const now = useNow()
  const manages = may(session, 'management')
  const calls = may(session, 'execution')
  const asked = {
    health: useQuery({ ...healthQuery(client), enabled: manages }),
    history: useQuery({ ...historyQuery(client), enabled: manages }),
    reviews: useQuery({ ...reviewsQuery(client), enabled: calls }),
    approvals: useQuery({ ...approvalsQuery(client), enabled: calls }),
  }
  const [health, history, reviews] = [asked.health.data, asked.history.data, asked.reviews.data]
  const approvals = asked.approvals.data
  const items: Item[] = []
  const ambiguous = health?.queue.ambiguous ?? 0
  if (ambiguous > 0)
    items.push({
      key: 'ambiguous',
      shown: (
        <Link to="/operations" search={{ status: 'ambiguous' }}>
          {text.ambiguous(ambiguous)}
        </Link>
      ),
    })
  if (reviews !== undefined && reviews.data.length > 0)
    items.push({ key: 'reviews', shown: <Link to="/approvals">{text.review(reviews.data.length)}</Link> })
  const pending = [...(approvals?.data ?? [])].sort((a, b) => a.expires_at.localeCompare(b.expires_at))
  const soon = pending.filter(({ expires_at }) => Date.parse(expires_at) - now < soonMs).slice(0, shownMost)
  for (const { id, tool, workspace, expires_at } of soon)
    items.push({
      key: id,
      shown: (
        <span className="flex flex-wrap items-center gap-2">
          <Link to="/approvals" search={{ id }}>
            <Said>{words.approvals.question(tool, workspace)}</Said>
          </Link>
          <span className="font-semibold text-bad tabular-nums">
            {words.approvals.expiresIn(leftText(Date.parse(expires_at) - now))}
          </span>
        </span>
      ),
    })
  if (pending.length > soon.length)
    items.push({
      key: 'approvals',
      shown: <Link to="/approvals">{words.approvals.queue(pending.length)}</Link>,
    })
  for (const { tool, calls: of, failed } of history?.activity.failing_tools ?? [])
    if (failed >= failing.calls && failed / of >= failing.share)
      items.push({
        key: `tool ${tool}`,
        shown: (
          <Link to="/operations" search={{ tool, status: 'failed,timeout,ambiguous', since: '24h' }}>
            <Said>{text.failingTool(tool, failed, of)}</Said>
          </Link>
        ),
      })
  return {
    items,
    asked: [
      ['history', asked.history],
      ['reviews', asked.reviews],
      ['approvals', asked.approvals],
    ],
  }
}

/** Agents, who asks to be one, and what else the router finds. */
function useAgents(): Found {
  const client = useClient()
  const manages = may(useSession(), 'management')
  const asked = {
    health: useQuery({ ...healthQuery(client), enabled: manages }),
    agents: useQuery({ ...agentsQuery(client), enabled: manages }),
    candidates: useQuery({ ...candidatesQuery(client), enabled: manages }),
  }
  const [health, agents, candidates] = [asked.health.data, asked.agents.data, asked.candidates.data]
  const ailing = agents?.filter((agent) => agent.health !== 'healthy' && agent.health !== 'draining') ?? []
  const known = new Set(ailing.map(({ name }) => name))
  const items = [
    ...(candidates !== undefined && candidates.data.length > 0
      ? [{ key: 'candidates', shown: <Link to="/agents">{text.candidates(candidates.data.length)}</Link> }]
      : []),
    ...ailing.slice(0, shownMost).map((agent) => ({
      key: agent.id,
      shown: (
        <span className="flex flex-wrap items-center gap-2">
          <Link to="/agents/$agentId" params={{ agentId: agent.id }}>
            <Said>{agent.name}</Said>
          </Link>
          <HealthMark health={agent.health} />
          <span className="text-soft">
            <Said>{agent.unhealthy_reason ?? agent.degraded_reason ?? ''}</Said>
          </span>
        </span>
      ),
    })),
    ...(ailing.length > shownMost
      ? [{ key: 'more agents', shown: <Link to="/fleet">{text.moreAiling(ailing.length - shownMost)}</Link> }]
      : []),
    ...(health?.problems ?? [])
      .filter((problem) => ![...known].some((name) => problem.includes(name)) && !/ambiguous/.test(problem))
      .map((problem) => ({ key: problem, shown: <Said>{problem}</Said> })),
  ]
  return {
    items,
    asked: [
      ['health', asked.health],
      ['agents', asked.agents],
      ['candidates', asked.candidates],
    ],
  }
}
