import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { AuditRecord } from '@xerotier/protocol/api/audit.ts'
import { useClient } from '../api/client.ts'
import { given } from '../api/queries.ts'
import { useSearchChange } from '../api/search.ts'
import { Answer } from '../components/asked.tsx'
import { Heading } from '../components/heading.tsx'
import { CommandLine, quoted, Said } from '../components/texts.tsx'
import { Button } from '../ui/button.tsx'
import { Notice, Scroll } from '../ui/state.tsx'
import { Ago, When } from '../ui/time.tsx'
import { words } from '../words/en.ts'

const route = getRouteApi('/frame/audit')
const text = words.audit

export interface AuditSearch {
  actor?: string | undefined
  subject?: string | undefined
  kind?: string | undefined
}

const filters = [
  ['actor', text.actor],
  ['subject', text.subject],
  ['kind', text.kind],
] as const

export function Audit() {
  const search: AuditSearch = route.useSearch()
  const changeSearch = useSearchChange()
  const client = useClient()
  const asked = useInfiniteQuery({
    queryKey: ['audit', client.project, search],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      client.call('audit.records', {
        query: given({ ...search, limit: 100, ...(pageParam === '' ? {} : { after: pageParam }) }),
        signal,
      }),
    getNextPageParam: (page) => (page.has_more && page.last_id !== null ? page.last_id : undefined),
  })
  const change = (name: keyof AuditSearch, value: string) => changeSearch({ [name]: value.trim() || undefined })
  const line = [
    'xeroctl audit list',
    ...filters.flatMap(([name]) => (search[name] ? [`--${name} ${quoted(search[name])}`] : [])),
  ]
  return (
    <>
      <Heading title={text.title} />
      <p className="text-soft">{text.hint}</p>
      <search className="flex flex-wrap items-end gap-2">
        {filters.map(([name, label]) => (
          <label key={name} className="grid gap-0.5 text-[12px] text-soft">
            {label}
            <input
              key={search[name] ?? ''}
              className="field text-[13px] sm:w-48"
              defaultValue={search[name] ?? ''}
              onBlur={({ target }) => target.value !== (search[name] ?? '') && change(name, target.value)}
              onKeyDown={({ key, currentTarget }) => key === 'Enter' && change(name, currentTarget.value)}
            />
          </label>
        ))}
      </search>
      <Answer asked={asked} rows={10}>
        {({ pages }) => {
          const rows = pages.flatMap(({ data }) => data)
          return rows.length === 0 ? <Notice title={text.empty} /> : <Records rows={rows} />
        }}
      </Answer>
      {asked.hasNextPage && (
        <Button
          className="justify-self-center"
          disabled={asked.isFetchingNextPage}
          onClick={() => void asked.fetchNextPage()}
        >
          {words.more}
        </Button>
      )}
      <CommandLine line={line.join(' ')} />
    </>
  )
}

function Records({ rows }: { rows: readonly AuditRecord[] }) {
  return (
    <Scroll label={text.title}>
      <table>
        <thead>
          <tr>
            <th>{text.at}</th>
            <th>{text.who}</th>
            <th>{text.what}</th>
            <th className="max-md:hidden">{text.about}</th>
            <th className="max-lg:hidden">{text.door}</th>
            <th className="text-right max-md:hidden">{text.place}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id}>
              <td className="whitespace-nowrap">
                <span className="max-md:hidden">
                  <When at={row.at} />
                </span>
                <span className="md:hidden">
                  <Ago at={row.at} />
                </span>
              </td>
              <td className="break-words">
                <Said>{row.actor_name ?? row.actor}</Said>
              </td>
              <td>
                <code className="text-[12.5px] break-words">{row.kind}</code>
              </td>
              <td className="max-md:hidden">
                <About row={row} />
              </td>
              <td className="max-lg:hidden">{row.door ?? '–'}</td>
              <td className="text-right tabular-nums max-md:hidden">{row.index ?? '–'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}

function About({ row: { execution_id, agent_id, workspace_id, data } }: { row: AuditRecord }) {
  if (execution_id !== null)
    return (
      <Link to="/operations/$id" params={{ id: execution_id }}>
        <code className="text-[12.5px]">{execution_id}</code>
      </Link>
    )
  if (agent_id !== null)
    return (
      <Link to="/agents/$agentId/workspaces" params={{ agentId: agent_id }}>
        <code className="text-[12.5px]">{agent_id}</code>
      </Link>
    )
  if (workspace_id !== null) return <code className="text-[12.5px]">{workspace_id}</code>
  const [first] = Object.values(data).filter((value) => typeof value === 'string')
  return <span className="break-all text-soft">{first === undefined ? '–' : <Said>{first}</Said>}</span>
}
