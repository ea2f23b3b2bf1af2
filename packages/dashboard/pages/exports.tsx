import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { Export } from '@xerotier/protocol/api/exports.ts'
import { useState } from 'react'
import { useClient } from '../api/client.ts'
import { exportFormats, exportTypes } from '../api/protocol.data.ts'
import { workspacesQuery } from '../api/queries.ts'
import { exportsQuery } from '../api/records.ts'
import { useSearchChange } from '../api/search.ts'
import { Act } from '../components/act.tsx'
import { Refused } from '../components/asked.tsx'
import { Choice } from '../components/choice.tsx'
import { Heading } from '../components/heading.tsx'
import { useHindrance } from '../components/hindrance.ts'
import { type Column, Listed } from '../components/listed.tsx'
import { CommandLine, Id, quoted, Said } from '../components/texts.tsx'
import { Button } from '../ui/button.tsx'
import { bytesText } from '../ui/bytes.ts'
import { Field } from '../ui/field.tsx'
import { Mark } from '../ui/mark.tsx'
import { save } from '../ui/save.ts'
import { TextField } from '../ui/text-field.tsx'
import { Ago, When } from '../ui/time.tsx'
import { words } from '../words/en.ts'
import type { ActionSearch } from './agents.tsx'

const text = words.exports
const route = getRouteApi('/frame/exports')

const looks = {
  pending: ['calm', 'dots'],
  running: ['accent', 'circle'],
  completed: ['good', 'check'],
  failed: ['bad', 'cross'],
  expired: ['calm', 'cross'],
} as const

export function Exports() {
  const asked = useInfiniteQuery(exportsQuery(useClient()))
  const { do: action }: ActionSearch = route.useSearch()
  const change = useSearchChange()
  const hindrance = useHindrance('management')
  const setCreating = (on: boolean) => change({ do: on ? 'create' : undefined }, true)
  const columns: readonly Column<Export>[] = [
    {
      head: text.type,
      cell: (one) => (
        <>
          <span className="font-medium">{text.types[one.type]}</span>{' '}
          <span className="text-soft">
            {one.format} · <Said>{one.workspace ?? text.everywhere}</Said>
          </span>
          <span className="block text-[12.5px] text-soft">
            <Id id={one.id} short what={text.title} />
          </span>
        </>
      ),
    },
    {
      head: text.range,
      from: 'md',
      cell: (one) => (
        <>
          <When at={one.since} /> – <When at={one.until} />
        </>
      ),
    },
    {
      head: text.state,
      cell: (one) => (
        <>
          <Mark tone={looks[one.state][0]} shape={looks[one.state][1]}>
            {text.states[one.state]}
          </Mark>
          {one.error !== null && (
            <span className="block text-[12.5px] text-bad">
              <Said>{one.error}</Said>
            </span>
          )}
        </>
      ),
    },
    { head: text.rows, right: true, from: 'sm', cell: (one) => one.rows.toLocaleString() },
    { head: text.size, right: true, from: 'sm', cell: (one) => (one.bytes === null ? '–' : bytesText(one.bytes)) },
    { head: text.made, right: true, from: 'lg', cell: (one) => <Ago at={one.created_at} /> },
    { head: words.fleet.actions, right: true, cell: (one) => <Actions one={one} /> },
  ]
  return (
    <>
      <Heading title={text.title}>
        <Button look="primary" why={hindrance} onClick={() => setCreating(true)}>
          {text.create}
        </Button>
      </Heading>
      <p className="text-soft">{text.hint}</p>
      <Listed label={text.title} asked={asked} columns={columns} keyOf={({ id }) => id} empty={text.empty} />
      <CommandLine line="xeroctl exports list" />
      {action === 'create' && hindrance === undefined && <Create close={() => setCreating(false)} />}
    </>
  )
}

function Actions({ one }: { one: Export }) {
  const client = useClient()
  const [isDeleting, setDeleting] = useState(false)
  const type = text.types[one.type]
  const loading = useMutation({
    mutationFn: async () => {
      const { body } = await client.bytes('exports.download', { params: { id: one.id } })
      save(await new Response(body).blob(), `${one.type}-${one.id}.zip`)
    },
  })
  return (
    <span className="inline-flex flex-wrap justify-end gap-1">
      {one.state === 'completed' && (
        <Button
          look="quiet"
          aria-label={text.downloadOf(type)}
          disabled={loading.isPending}
          onClick={() => loading.mutate()}
        >
          {text.download}
        </Button>
      )}
      <Button look="quiet" aria-label={text.deleteOf(type)} onClick={() => setDeleting(true)}>
        {text.delete}
      </Button>
      <Refused error={loading.error} />
      {isDeleting && (
        <Act
          title={text.deleteOf(type)}
          effect={text.deleteEffect}
          doIt={text.deleteOf(type)}
          look="danger"
          line={`xeroctl exports delete ${one.id}`}
          act={() => client.call('exports.delete', { params: { id: one.id } })}
          stale={['exports']}
          close={() => setDeleting(false)}
        />
      )}
    </span>
  )
}

/** As an input of a local time has it. */
function localText(ms: number): string {
  const at = new Date(ms - new Date(ms).getTimezoneOffset() * 60_000)
  return at.toISOString().slice(0, 16)
}

function Create({ close }: { close: () => void }) {
  const client = useClient()
  const { data: workspaces } = useQuery(workspacesQuery(client))
  const [type, setType] = useState<Export['type']>('executions')
  const [format, setFormat] = useState<Export['format']>('ndjson')
  const [since, setSince] = useState(() => localText(Date.now() - 7 * 86_400_000))
  const [until, setUntil] = useState('')
  const [workspace, setWorkspace] = useState('')
  const formats = exportFormats.filter((one) => type === 'audit' || (one !== 'cef' && one !== 'ocsf'))
  const isOfWorkspaces = type === 'executions' || type === 'approvals'
  const where = isOfWorkspaces && workspace !== '' ? { workspace } : {}
  const isoOf = (local: string) => new Date(local === '' ? Date.now() : local).toISOString()
  const line = [
    `xeroctl exports create --type ${type} --since ${isoOf(since)}`,
    ...(until === '' ? [] : [`--until ${isoOf(until)}`]),
    ...(where.workspace === undefined ? [] : [`--workspace ${quoted(where.workspace)}`]),
    ...(format === 'ndjson' ? [] : [`--format ${format}`]),
  ]
  return (
    <Act
      title={text.create}
      effect={text.createEffect}
      doIt={text.createNow(text.types[type])}
      line={line.join(' ')}
      act={() =>
        client.call('exports.create', { body: { type, format, since: isoOf(since), until: isoOf(until), ...where } })
      }
      stale={['exports']}
      close={close}
    >
      <div className="grid gap-4 sm:grid-cols-2">
        <Choice
          label={text.type}
          value={type}
          options={exportTypes}
          shown={text.types}
          onChange={(next) => {
            setType(next)
            if (next !== 'audit' && (format === 'cef' || format === 'ocsf')) setFormat('ndjson')
          }}
        />
        <Choice
          label={text.format}
          value={format}
          options={formats}
          shown={{ ndjson: 'NDJSON', csv: 'CSV', cef: 'CEF', ocsf: 'OCSF' }}
          onChange={setFormat}
        />
        <TextField label={text.since} type="datetime-local" required value={since} onText={setSince} />
        <TextField label={text.until} hint={text.untilHint} type="datetime-local" value={until} onText={setUntil} />
      </div>
      {isOfWorkspaces && (
        <Field label={words.operations.workspace}>
          {(ids) => (
            <select {...ids} className="field" value={workspace} onChange={({ target }) => setWorkspace(target.value)}>
              <option value="">{text.everywhere}</option>
              {(workspaces ?? []).map(({ id, name }) => (
                <option key={id} value={name}>
                  {name}
                </option>
              ))}
            </select>
          )}
        </Field>
      )}
    </Act>
  )
}
