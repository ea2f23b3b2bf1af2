// Four figures, each with its last day, and each a way to the tab where something can be done.
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { HealthHistory } from '@xerotier/protocol/api/dashboard.ts'
import { useClient } from '../../api/client.ts'
import { approvalsQuery, healthQuery, historyQuery, may } from '../../api/queries.ts'
import { useSession } from '../../api/session.ts'
import { Sparkline } from '../../ui/sparkline.tsx'
import { agoText, leftText, useNow } from '../../ui/time.tsx'
import { words } from '../../words/en.ts'
import { stateWords } from '../../words/en-states.ts'
import { useHindrance } from '../hindrance.ts'

const text = words.overview
type Point = HealthHistory['points'][number]

export function Cards() {
  const client = useClient()
  const session = useSession()
  const now = useNow()
  const manages = may(session, 'management')
  const [noHealth, noApprovals] = [useHindrance('management'), useHindrance('execution')]
  const { data: health, error: unhealthy } = useQuery({ ...healthQuery(client), enabled: manages })
  const { data: history } = useQuery({ ...historyQuery(client), enabled: manages })
  const { data: pending, error: unread } = useQuery({ ...approvalsQuery(client), enabled: may(session, 'execution') })
  const expires = pending?.data.map(({ expires_at }) => Date.parse(expires_at)).sort((a, b) => a - b)[0]
  const waits = health?.queue.oldest_queued_at
  const away =
    (health?.fleet.by_health.offline ?? 0) +
    (health?.fleet.by_health.pending ?? 0) +
    (health?.fleet.by_health.suspended ?? 0)
  const curveOf = (name: Exclude<keyof Point, 'at'>) => history?.points.map((point) => point[name]) ?? []
  return (
    <ul className="grid grid-cols-2 gap-3 xl:grid-cols-4">
      <Card
        to="/fleet"
        label={text.agents}
        value={health && health.fleet.agents - away}
        detail={health === undefined ? unknown(noHealth, unhealthy) : text.ofAgents(health.fleet.agents)}
        curve={curveOf('agents_online')}
      />
      <Card
        to="/operations"
        search={{ status: 'dispatched,running' }}
        label={text.active}
        value={health?.fleet.in_flight}
        detail={health === undefined ? unknown(noHealth, unhealthy) : text.capacity(health.fleet.capacity)}
        curve={curveOf('active')}
      />
      <Card
        to="/approvals"
        label={text.pending}
        value={pending?.data.length}
        urgent={expires !== undefined && expires - now < 120_000}
        detail={
          pending === undefined
            ? unknown(noApprovals, unread)
            : expires === undefined
              ? text.nothingWaits
              : `${text.nextExpires} ${leftText(expires - now)}`
        }
        curve={curveOf('pending_approvals')}
      />
      <Card
        to="/operations"
        search={{ status: 'queued' }}
        label={text.queue}
        value={health?.queue.queued}
        detail={
          health === undefined
            ? unknown(noHealth, unhealthy)
            : waits
              ? `${text.oldest} ${agoText(now - Date.parse(waits)).replace(/^in /, '')}`
              : text.nothingWaits
        }
        curve={curveOf('queued')}
      />
    </ul>
  )
}

/** Of a figure that is not there: nothing while it is asked for, and never "nothing waits". */
function unknown(hindrance: string | undefined, error: Error | null): string | undefined {
  return hindrance ?? (error === null ? undefined : stateWords.unknown)
}

interface CardProps {
  to: '/fleet' | '/operations' | '/approvals'
  search?: { status: string }
  label: string
  value: number | undefined
  detail: string | undefined
  urgent?: boolean
  curve: readonly number[]
}

function Card({ to, search, label, value, detail, urgent = false, curve }: CardProps) {
  return (
    <li>
      <Link
        to={to}
        {...(search === undefined ? {} : { search })}
        className="card block h-full p-4 text-ink no-underline hover:border-field hover:no-underline"
      >
        <span className="block text-[13px] text-soft">{label}</span>
        <span className="block text-[30px] leading-10 font-semibold tracking-tight tabular-nums">
          {value?.toLocaleString() ?? '–'}
        </span>
        <span className={`block min-h-5 text-[12.5px] tabular-nums ${urgent ? 'font-semibold text-bad' : 'text-soft'}`}>
          {detail ?? ''}
        </span>
        <Sparkline values={curve} label={text.curve(Math.min(...curve), Math.max(...curve))} />
      </Link>
    </li>
  )
}
