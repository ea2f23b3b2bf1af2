import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Delivery } from '@xerotier/protocol/api/deliveries.ts'
import { useState } from 'react'
import { useClient } from '../../api/client.ts'
import { type DeliveryFilter, deliveriesQuery } from '../../api/records.ts'
import { Button } from '../../ui/button.tsx'
import { Mark } from '../../ui/mark.tsx'
import { Ago, When } from '../../ui/time.tsx'
import { words } from '../../words/en.ts'
import { Act } from '../act.tsx'
import { Choice } from '../choice.tsx'
import { useHindrance } from '../hindrance.ts'
import { type Column, Listed } from '../listed.tsx'
import { CommandLine, Id, quoted, Said } from '../texts.tsx'

const text = words.deliveries
const looks = { pending: ['accent', 'dots'], delivered: ['good', 'check'], exhausted: ['bad', 'cross'] } as const
const states = ['', 'pending', 'delivered', 'exhausted'] as const

interface Props {
  filter: DeliveryFilter
  change: (part: Record<string, string | undefined>) => void
}

export function Deliveries({ filter, change }: Props) {
  const client = useClient()
  const asked = useInfiniteQuery(deliveriesQuery(client, filter))
  const hindrance = useHindrance('management')
  const [again, setAgain] = useState<Delivery>()
  const columns: readonly Column<Delivery>[] = [
    {
      head: text.event,
      cell: (one) => (
        <>
          <code className="text-[12.5px] break-all">{one.type}</code>
          <span className="block text-[12.5px] text-soft">
            <Id id={one.id} short what={text.event} />
            {one.approval_id !== null && (
              <Link to="/approvals" search={{ id: one.approval_id }} className="ml-2">
                {words.tabs.approvals}
              </Link>
            )}
          </span>
        </>
      ),
    },
    {
      head: text.to,
      from: 'md',
      cell: (one) =>
        one.channel_id === null ? <Said>{one.recipient ?? '–'}</Said> : <Id id={one.channel_id} short what={text.to} />,
    },
    {
      head: text.state,
      cell: (one) => (
        <Mark tone={looks[one.state][0]} shape={looks[one.state][1]}>
          {text.states[one.state]}
        </Mark>
      ),
    },
    { head: text.attempts, right: true, from: 'sm', cell: (one) => one.attempts },
    {
      head: text.told,
      from: 'sm',
      cell: (one) => (
        <>
          {one.last_status ?? '–'}{' '}
          {one.last_error !== null && (
            <span className="text-bad">
              <Said>{one.last_error}</Said>
            </span>
          )}
          {one.next_attempt_at !== null && (
            <span className="block text-[12.5px] text-soft">
              {text.next} <When at={one.next_attempt_at} />
            </span>
          )}
        </>
      ),
    },
    { head: text.when, right: true, from: 'md', cell: (one) => <Ago at={one.created_at} /> },
    {
      head: words.fleet.actions,
      right: true,
      cell: (one) =>
        one.state !== 'pending' && (
          <Button look="quiet" why={hindrance} aria-label={text.redeliverOf(one.type)} onClick={() => setAgain(one)}>
            {text.redeliver}
          </Button>
        ),
    },
  ]
  const options = [
    ...(filter.state === undefined ? [] : [`--state ${filter.state}`]),
    ...(filter.channel === undefined ? [] : [`--channel ${quoted(filter.channel)}`]),
  ]
  return (
    <div className="grid gap-3">
      <div className="flex flex-wrap items-end gap-3">
        <div className="w-48">
          <Choice
            label={text.state}
            value={states.find((one) => one === filter.state) ?? ''}
            options={states}
            shown={{ '': text.anyState, ...text.states }}
            onChange={(state) => change({ state: state === '' ? undefined : state })}
          />
        </div>
        {filter.channel !== undefined && (
          <Button look="quiet" onClick={() => change({ channel: undefined })}>
            {words.operations.clear}
          </Button>
        )}
      </div>
      <Listed
        label={words.notifications.tabs.deliveries}
        asked={asked}
        columns={columns}
        keyOf={({ id }) => id}
        empty={text.empty}
      />
      <CommandLine line={['xeroctl notifications deliveries', ...options].join(' ')} />
      {again !== undefined && (
        <Act
          title={text.redeliverOf(again.type)}
          effect={text.redeliverEffect}
          doIt={text.redeliverOf(again.type)}
          line={`xeroctl notifications redeliver ${again.id}`}
          act={() => client.call('deliveries.redeliver', { params: { id: again.id } })}
          stale={['deliveries']}
          close={() => setAgain(undefined)}
        />
      )}
    </div>
  )
}
