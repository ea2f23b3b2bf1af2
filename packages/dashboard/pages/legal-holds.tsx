import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { LegalHold } from '@xerotier/protocol/api/legal-holds.ts'
import { useState } from 'react'
import { useClient } from '../api/client.ts'
import { legalHoldsQuery } from '../api/records.ts'
import { useSearchChange } from '../api/search.ts'
import { Act } from '../components/act.tsx'
import { Choice } from '../components/choice.tsx'
import { Heading } from '../components/heading.tsx'
import { useHindrance } from '../components/hindrance.ts'
import { type Column, Listed } from '../components/listed.tsx'
import { CommandLine, quoted, Said } from '../components/texts.tsx'
import { Button } from '../ui/button.tsx'
import { TextField } from '../ui/text-field.tsx'
import { Ago } from '../ui/time.tsx'
import { words } from '../words/en.ts'

const text = words.holds
const route = getRouteApi('/frame/legal-holds')
const statuses = ['held', 'released', 'all'] as const

export interface HoldsSearch {
  status?: string | undefined
  do?: string | undefined
}

export function LegalHolds() {
  const { status = 'held', do: action }: HoldsSearch = route.useSearch()
  const change = useSearchChange()
  const chosen = statuses.find((one) => one === status) ?? 'held'
  const client = useClient()
  const asked = useInfiniteQuery(legalHoldsQuery(client, chosen))
  const hindrance = useHindrance('management')
  const [releasing, setReleasing] = useState<LegalHold>()
  const columns: readonly Column<LegalHold>[] = [
    {
      head: text.what,
      cell: ({ execution_id }) =>
        execution_id === null ? (
          text.project
        ) : (
          <Link to="/operations/$id" params={{ id: execution_id }} className="break-all">
            <code className="text-[12.5px]">{execution_id}</code>
          </Link>
        ),
    },
    {
      head: text.why,
      cell: ({ reason, incident }) => <Said>{[reason, incident].filter((part) => part !== null).join(' · ')}</Said>,
    },
    {
      head: text.by,
      from: 'sm',
      cell: (one) => (
        <>
          <Said>{one.placed_by_name ?? one.placed_by}</Said>, <Ago at={one.placed_at} />
        </>
      ),
    },
    {
      head: words.fleet.actions,
      right: true,
      cell: (one) =>
        one.released_at === null ? (
          <Button
            look="quiet"
            why={hindrance}
            aria-label={text.releaseOf(nameOf(one))}
            onClick={() => setReleasing(one)}
          >
            {text.release}
          </Button>
        ) : (
          <span className="text-soft">
            {text.released} <Ago at={one.released_at} />
          </span>
        ),
    },
  ]
  return (
    <>
      <Heading title={text.title}>
        <Button look="primary" why={hindrance} onClick={() => change({ do: 'create' }, true)}>
          {text.placeTitle}
        </Button>
      </Heading>
      <p className="text-soft">{text.hint}</p>
      <div className="max-w-48">
        <Choice
          label={text.status}
          value={chosen}
          options={statuses}
          shown={text.statuses}
          onChange={(next) => change({ status: next === 'held' ? undefined : next })}
        />
      </div>
      <Listed label={text.title} asked={asked} columns={columns} keyOf={({ id }) => id} empty={text.empty} />
      <CommandLine line={`xeroctl legal-holds list${chosen === 'held' ? '' : ` --status ${chosen}`}`} />
      {action === 'create' && hindrance === undefined && <Place close={() => change({ do: undefined }, true)} />}
      {releasing !== undefined && (
        <Act
          title={text.releaseOf(nameOf(releasing))}
          effect={text.releaseEffect}
          doIt={text.releaseOf(nameOf(releasing))}
          look="danger"
          line={
            releasing.execution_id === null
              ? 'xeroctl project release'
              : `xeroctl exec release ${releasing.execution_id}`
          }
          act={() => client.call('legalHolds.release', { params: { id: releasing.id } })}
          stale={['legal-holds', 'execution']}
          close={() => setReleasing(undefined)}
        />
      )}
    </>
  )
}

const nameOf = ({ execution_id }: LegalHold) => execution_id ?? text.project

function Place({ close }: { close: () => void }) {
  const client = useClient()
  const [execution, setExecution] = useState('')
  const [reason, setReason] = useState('')
  const [incident, setIncident] = useState('')
  const id = execution.trim()
  const isProject = id === ''
  const body = {
    ...(isProject ? { project: true as const } : { execution: id }),
    reason,
    ...(incident.trim() === '' ? {} : { incident: incident.trim() }),
  }
  const line = [
    isProject ? 'xeroctl project hold' : `xeroctl exec hold ${id}`,
    `--reason ${quoted(reason || '<reason>')}`,
    ...(incident.trim() === '' ? [] : [`--incident ${quoted(incident.trim())}`]),
  ]
  return (
    <Act
      title={text.placeTitle}
      effect={text.placeEffect}
      doIt={text.placeNow(isProject ? text.project : id)}
      typed={isProject ? client.project : undefined}
      line={line.join(' ')}
      act={() => client.call('legalHolds.create', { body })}
      stale={['legal-holds', 'execution']}
      close={close}
    >
      <TextField label={text.execution} hint={text.executionHint} value={execution} onText={setExecution} />
      <TextField label={text.reason} required value={reason} onText={setReason} />
      <TextField label={text.incident} value={incident} onText={setIncident} />
    </Act>
  )
}
