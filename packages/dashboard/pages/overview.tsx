import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useClient } from '../api/client.ts'
import {
  agentsQuery,
  approvalsQuery,
  candidatesQuery,
  failuresQuery,
  healthQuery,
  may,
  reviewsQuery,
} from '../api/queries.ts'
import { useSession } from '../api/session.ts'
import { Answer, Failure } from '../components/asked.tsx'
import { Heading } from '../components/heading.tsx'
import { HealthMark } from '../components/marks.tsx'
import { OperationRows } from '../components/operation-rows.tsx'
import { Said } from '../components/texts.tsx'
import { Mark } from '../ui/mark.tsx'
import { Facts, Section } from '../ui/state.tsx'
import { agoText, leftText, useNow } from '../ui/time.tsx'
import { words } from '../words/en.ts'

const text = words.overview

export function Overview() {
  const client = useClient()
  const manages = may(useSession(), 'management')
  const health = useQuery({ ...healthQuery(client), enabled: manages })
  const failures = useQuery(failuresQuery(client))
  return (
    <>
      <Heading title={words.tabs.overview} />
      <Cards />
      {health.error !== null && health.data === undefined && <Failure error={health.error} />}
      <Needs />
      <Section
        title={text.failures}
        actions={
          <Link to="/operations" search={{ status: 'failed,timeout' }}>
            {text.all}
          </Link>
        }
      >
        <Answer asked={failures} rows={3}>
          {({ data }) =>
            data.length === 0 ? <p className="card p-4 text-soft">{text.noFailures}</p> : <OperationRows rows={data} />
          }
        </Answer>
      </Section>
      {manages && (
        <Section title={text.health}>
          <Answer asked={health} rows={4}>
            {({ services }) => (
              <div className="card p-4">
                <Facts
                  facts={services.map(({ name, status, detail }) => [
                    text.service[name],
                    <span key={name} className="inline-flex flex-wrap items-center gap-2">
                      <Mark tone={status === 'ok' ? 'good' : 'bad'} shape={status === 'ok' ? 'check' : 'cross'}>
                        {text[status]}
                      </Mark>
                      <span className="text-soft">{detail}</span>
                    </span>,
                  ])}
                />
              </div>
            )}
          </Answer>
        </Section>
      )}
    </>
  )
}

/** Read-only; each leads to the tab where something can be done. */
function Cards() {
  const client = useClient()
  const session = useSession()
  const now = useNow()
  const { data: health } = useQuery({ ...healthQuery(client), enabled: may(session, 'management') })
  const { data: pending } = useQuery({ ...approvalsQuery(client), enabled: may(session, 'execution') })
  const expires = pending?.data.map(({ expires_at }) => Date.parse(expires_at)).sort((a, b) => a - b)[0]
  const waits = health?.queue.oldest_queued_at
  const away =
    (health?.fleet.by_health.offline ?? 0) +
    (health?.fleet.by_health.pending ?? 0) +
    (health?.fleet.by_health.suspended ?? 0)
  return (
    <ul className="grid grid-cols-2 gap-3 xl:grid-cols-4">
      <Card
        to="/fleet"
        label={text.agents}
        value={health && health.fleet.agents - away}
        detail={health && text.ofAgents(health.fleet.agents)}
      />
      <Card
        to="/operations"
        search={{ status: 'dispatched,running' }}
        label={text.active}
        value={health?.fleet.in_flight}
        detail={health && text.capacity(health.fleet.capacity)}
      />
      <Card
        to="/approvals"
        label={text.pending}
        value={pending?.data.length}
        urgent={expires !== undefined && expires - now < 120_000}
        detail={expires === undefined ? text.nothingWaits : `${text.nextExpires} ${leftText(expires - now)}`}
      />
      <Card
        to="/operations"
        search={{ status: 'queued' }}
        label={text.queue}
        value={health?.queue.queued}
        detail={waits ? `${text.oldest} ${agoText(now - Date.parse(waits)).replace(/^in /, '')}` : text.nothingWaits}
      />
    </ul>
  )
}

interface CardProps {
  to: '/fleet' | '/operations' | '/approvals'
  search?: { status: string }
  label: string
  value: number | undefined
  detail: string | undefined
  urgent?: boolean
}

function Card({ to, search, label, value, detail, urgent = false }: CardProps) {
  return (
    <li>
      <Link
        to={to}
        {...(search === undefined ? {} : { search })}
        className="card block p-4 text-ink no-underline hover:border-field hover:no-underline"
      >
        <span className="block text-[13px] text-soft">{label}</span>
        <span className="block text-[30px] leading-10 font-semibold tracking-tight tabular-nums">
          {value?.toLocaleString() ?? '–'}
        </span>
        <span className={`block min-h-5 text-[12.5px] tabular-nums ${urgent ? 'font-semibold text-bad' : 'text-soft'}`}>
          {detail ?? ''}
        </span>
      </Link>
    </li>
  )
}

/** What waits for somebody, the worst first. */
function Needs() {
  const client = useClient()
  const session = useSession()
  const manages = may(session, 'management')
  const { data: health } = useQuery({ ...healthQuery(client), enabled: manages })
  const { data: agents } = useQuery({ ...agentsQuery(client), enabled: manages })
  const { data: candidates } = useQuery({ ...candidatesQuery(client), enabled: manages })
  const { data: reviews } = useQuery(reviewsQuery(client))
  const { data: approvals } = useQuery(approvalsQuery(client))
  const ambiguous = health?.queue.ambiguous ?? 0
  const ailing = agents?.filter((agent) => agent.health !== 'healthy' && agent.health !== 'draining').slice(0, 8) ?? []
  const known = new Set(ailing.map(({ name }) => name))
  const items: { key: string; shown: ReactNode }[] = [
    ...(ambiguous > 0
      ? [
          {
            key: 'ambiguous',
            shown: (
              <Link to="/operations" search={{ status: 'ambiguous' }}>
                {text.ambiguous(ambiguous)}
              </Link>
            ),
          },
        ]
      : []),
    ...(reviews !== undefined && reviews.data.length > 0
      ? [{ key: 'reviews', shown: <Link to="/approvals">{text.review(reviews.data.length)}</Link> }]
      : []),
    ...(approvals !== undefined && approvals.data.length > 0
      ? [{ key: 'approvals', shown: <Link to="/approvals">{words.approvals.queue(approvals.data.length)}</Link> }]
      : []),
    ...(candidates !== undefined && candidates.data.length > 0
      ? [{ key: 'candidates', shown: <Link to="/agents">{text.candidates(candidates.data.length)}</Link> }]
      : []),
    ...ailing.map((agent) => ({
      key: agent.id,
      shown: (
        <span className="flex flex-wrap items-center gap-2">
          <Link to="/agents/$agentId/workspaces" params={{ agentId: agent.id }}>
            <Said>{agent.name}</Said>
          </Link>
          <HealthMark health={agent.health} />
          <span className="text-soft">{agent.unhealthy_reason ?? agent.degraded_reason ?? ''}</span>
        </span>
      ),
    })),
    ...(health?.problems ?? [])
      .filter((problem) => ![...known].some((name) => problem.includes(name)) && !/ambiguous/.test(problem))
      .map((problem) => ({ key: problem, shown: <Said>{problem}</Said> })),
  ]
  return (
    <Section title={text.needs}>
      {items.length === 0 ? (
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
