// What is stopped, by whom, why, and until when; and stopping something.
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { Pause } from '@xerotier/protocol/api/pauses.ts'
import { useState } from 'react'
import { useClient } from '../api/client.ts'
import { agentsQuery, may, workspacesQuery } from '../api/queries.ts'
import { pausesQuery } from '../api/records.ts'
import { useSearchChange } from '../api/search.ts'
import { useSession } from '../api/session.ts'
import { Act } from '../components/act.tsx'
import { Choice } from '../components/choice.tsx'
import { Heading } from '../components/heading.tsx'
import { useHindrance } from '../components/hindrance.ts'
import { type Column, Listed } from '../components/listed.tsx'
import { TargetPause } from '../components/target-pause.tsx'
import { CommandLine, Said } from '../components/texts.tsx'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Field } from '../ui/field.tsx'
import { TextField } from '../ui/text-field.tsx'
import { Ago, When } from '../ui/time.tsx'
import { words } from '../words/en.ts'

const text = words.pauses
const route = getRouteApi('/frame/pauses')
const statuses = ['active', 'all'] as const

export interface PausesSearch {
  status?: string | undefined
  do?: string | undefined
}

export function Pauses() {
  const { status, do: action }: PausesSearch = route.useSearch()
  const change = useSearchChange()
  const chosen = status === 'all' ? 'all' : 'active'
  const client = useClient()
  const asked = useInfiniteQuery(pausesQuery(client, chosen))
  const hindrance = useHindrance('management')
  const [ending, setEnding] = useState<Pause>()
  const columns: readonly Column<Pause>[] = [
    {
      head: text.target,
      cell: (pause) => (
        <span className="font-medium break-all">
          <Said>{targetOf(pause)}</Said>
        </span>
      ),
    },
    {
      head: text.why,
      cell: ({ reason, incident }) => (
        <Said>{[reason, incident].filter((part) => part !== null).join(' · ') || '–'}</Said>
      ),
    },
    {
      head: text.by,
      from: 'sm',
      cell: (pause) => (
        <>
          <Said>{pause.paused_by_name ?? pause.paused_by}</Said>, <Ago at={pause.paused_at} />
        </>
      ),
    },
    {
      head: text.until,
      from: 'md',
      cell: ({ ends_at }) => (ends_at === null ? text.open : <When at={ends_at} />),
    },
    {
      head: words.fleet.actions,
      right: true,
      cell: (pause) =>
        pause.ended_at === null ? (
          <Button why={hindrance} aria-label={text.endOf(targetOf(pause))} onClick={() => setEnding(pause)}>
            {text.end}
          </Button>
        ) : (
          <span className="text-soft">
            {text.ended} <Ago at={pause.ended_at} />
          </span>
        ),
    },
  ]
  return (
    <>
      <Heading title={text.title}>
        <Button look="danger" why={hindrance} onClick={() => change({ do: 'create' }, true)}>
          {text.create}
        </Button>
      </Heading>
      <p className="text-soft">{text.hint}</p>
      <div className="max-w-48">
        <Choice
          label={text.status}
          value={chosen}
          options={statuses}
          shown={text.statuses}
          onChange={(next) => change({ status: next === 'all' ? 'all' : undefined })}
        />
      </div>
      <Listed label={text.title} asked={asked} columns={columns} keyOf={({ id }) => id} empty={text.empty} />
      <CommandLine line={`xeroctl pauses list${chosen === 'all' ? ' --status all' : ''}`} />
      {action === 'create' && hindrance === undefined && <Create close={() => change({ do: undefined }, true)} />}
      {ending !== undefined && (
        <Act
          title={text.endOf(targetOf(ending))}
          effect={text.endEffect}
          doIt={text.endOf(targetOf(ending))}
          line={`xeroctl pauses end ${ending.id}`}
          act={() => client.call('pauses.end', { params: { id: ending.id } })}
          stale={['pauses', 'agents', 'agent', 'overview', 'workspaces']}
          close={() => setEnding(undefined)}
        />
      )}
    </>
  )
}

function targetOf({ agent, workspace, tool }: Pause): string {
  return [agent ?? tool, workspace].filter((part) => part !== null).join(' · ') || text.project
}

const kinds = ['agent', 'workspace', 'tool', 'project'] as const

/** What is to be stopped first, and then what that touches. */
function Create({ close }: { close: () => void }) {
  const client = useClient()
  const { data: agents } = useQuery({ ...agentsQuery(client), enabled: may(useSession(), 'management') })
  const { data: workspaces } = useQuery(workspacesQuery(client))
  const [kind, setKind] = useState<(typeof kinds)[number]>('agent')
  const [named, setNamed] = useState('')
  const [isChosen, setChosen] = useState(false)
  const names = (kind === 'agent' ? agents : workspaces)?.map(({ name }) => name) ?? []
  if (isChosen)
    return (
      <TargetPause
        target={kind === 'project' ? {} : { [kind]: named.trim() }}
        name={kind === 'project' ? text.project : named.trim()}
        close={close}
      />
    )
  return (
    <Dialog title={text.create} closeLabel={words.close} onClose={close}>
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          setChosen(true)
        }}
      >
        <Choice
          label={text.kind}
          value={kind}
          options={kinds}
          shown={text.kinds}
          onChange={(next) => {
            setKind(next)
            setNamed('')
          }}
        />
        {kind === 'tool' && <TextField label={text.kinds.tool} required value={named} onText={setNamed} />}
        {(kind === 'agent' || kind === 'workspace') && (
          <Field label={text.kinds[kind]}>
            {(ids) => (
              <select
                {...ids}
                required
                className="field"
                value={named}
                onChange={({ target }) => setNamed(target.value)}
              >
                <option value="">{words.people.choose}</option>
                {names.map((name) => (
                  <option key={name}>{name}</option>
                ))}
              </select>
            )}
          </Field>
        )}
        <Button type="submit" look="primary" large>
          {text.next}
        </Button>
      </form>
    </Dialog>
  )
}
