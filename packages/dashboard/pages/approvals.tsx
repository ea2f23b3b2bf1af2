import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { Approval } from '@xerotier/protocol/api/approvals.ts'
import { useEffect, useState } from 'react'
import { useClient } from '../api/client.ts'
import { risks } from '../api/protocol.data.ts'
import { approvalsQuery } from '../api/queries.ts'
import { decidedQuery } from '../api/records.ts'
import { useSearchChange } from '../api/search.ts'
import { ApprovalCard } from '../components/approval-card.tsx'
import { Answer } from '../components/asked.tsx'
import { CameFor } from '../components/came-for.tsx'
import { Choice } from '../components/choice.tsx'
import { Heading } from '../components/heading.tsx'
import { type Column, Listed } from '../components/listed.tsx'
import { DecisionMark, RiskMark } from '../components/marks.tsx'
import { Said } from '../components/texts.tsx'
import { useKeys } from '../ui/keys.ts'
import { Notice, Section } from '../ui/state.tsx'
import { TallList } from '../ui/tall-list.tsx'
import { Ago, leftText, useNow } from '../ui/time.tsx'
import { words } from '../words/en.ts'

const text = words.approvals
const route = getRouteApi('/frame/approvals')

export interface ApprovalsSearch {
  /** The one whose card is open. */
  id?: string | undefined
  workspace?: string | undefined
  risk?: string | undefined
  /** The slug of the project that a notification was of. */
  project?: string | undefined
}

export function Approvals() {
  const client = useClient()
  const asked = useQuery(approvalsQuery(client))
  const { workspace, risk, id, project }: ApprovalsSearch = route.useSearch()
  return (
    <>
      <Heading title={text.title}>
        <details className="relative text-[13px] text-soft max-lg:hidden">
          <summary className="rounded px-2 py-1">{text.keysTitle}</summary>
          <p className="card absolute right-0 z-10 w-max p-3">{text.keys}</p>
        </details>
      </Heading>
      <Answer asked={asked}>
        {({ data }) => {
          const shown = data.filter(
            (one) => (workspace ?? one.workspace) === one.workspace && (risk ?? one.risk) === one.risk,
          )
          return (
            <>
              {data.length > 0 && <Filters pending={data} />}
              {shown.length === 0 && id !== undefined && project !== undefined && <CameFor id={id} project={project} />}
              {shown.length === 0 ? (
                <Notice title={data.length === 0 ? text.empty : text.noMatch}>
                  <p>{text.emptyHint}</p>
                </Notice>
              ) : (
                <Queue pending={inOrder(shown)} />
              )}
            </>
          )
        }}
      </Answer>
      <Decided />
    </>
  )
}

/** By what there is among those that wait. */
function Filters({ pending }: { pending: readonly Approval[] }) {
  const { workspace = '', risk = '' }: ApprovalsSearch = route.useSearch()
  const change = useSearchChange()
  const workspaces = [
    '',
    ...new Set([...pending.map((one) => one.workspace), ...(workspace ? [workspace] : [])]),
  ].sort()
  const riskNames: Record<string, string> = { '': words.operations.any, ...words.risks }
  return (
    <search aria-label={words.operations.filters} className="grid grid-cols-2 gap-3 sm:flex">
      <div className="sm:w-52">
        <Choice
          label={text.where}
          value={workspace}
          options={workspaces}
          shown={Object.fromEntries(workspaces.map((one) => [one, one || words.operations.any]))}
          onChange={(next) => change({ workspace: next || undefined, id: undefined })}
        />
      </div>
      <div className="sm:w-40">
        <Choice
          label={words.operations.risk}
          value={risk}
          options={['', ...risks]}
          shown={riskNames}
          onChange={(next) => change({ risk: next || undefined, id: undefined })}
        />
      </div>
    </search>
  )
}

/** What ends first comes first. */
function inOrder(pending: readonly Approval[]): Approval[] {
  return [...pending].sort((a, b) => a.expires_at.localeCompare(b.expires_at) || a.id.localeCompare(b.id))
}

function Queue({ pending }: { pending: readonly Approval[] }) {
  const { id, project }: ApprovalsSearch = route.useSearch()
  const change = useSearchChange()
  const place = pending.findIndex((one) => one.id === id)
  // Who came by a notification is not shown another call in the place of that one.
  const isGone = place < 0 && id !== undefined && project !== undefined
  // What was looked at stays there, though it is decided meanwhile by somebody else.
  const at = isGone ? -1 : Math.max(0, place)
  const current = pending[at]
  const [told, setTold] = useState('')
  const open = (to: number) => {
    const next = pending[Math.min(Math.max(0, to), pending.length - 1)]
    if (next !== undefined) change({ id: next.id }, true)
  }
  useKeys({ j: () => open(at + 1), k: () => open(at - 1) })
  useEffect(() => {
    if (id === undefined && current !== undefined) change({ id: current.id }, true)
  }, [id, current, change])
  return (
    <div className="grid items-start gap-4 lg:grid-cols-[minmax(270px,1fr)_minmax(0,2.2fr)]">
      <Section title={text.queue(pending.length)}>
        <TallList
          label={text.list}
          items={pending}
          keyOf={({ id }) => id}
          current={at}
          itemHeight={63}
          className="max-h-[72dvh] max-lg:max-h-[32dvh]"
        >
          {(one, place) => (
            <button
              type="button"
              aria-current={place === at}
              onClick={() => open(place)}
              className="grid w-full gap-1 border-l-3 border-transparent px-3 py-2.5 text-left hover:bg-raised aria-[current=true]:border-accent aria-[current=true]:bg-accent-soft"
            >
              <span className="flex items-center justify-between gap-2">
                <span className="min-w-0 truncate font-medium">
                  <Said>{one.tool}</Said>
                </span>
                <Left at={one.expires_at} />
              </span>
              <span className="flex items-center justify-between gap-2 text-[12.5px] text-soft">
                <span className="min-w-0 truncate">
                  <Said>{`${one.workspace} · ${one.requested_by_name ?? one.requested_by}`}</Said>
                </span>
                <RiskMark risk={one.risk} />
              </span>
            </button>
          )}
        </TallList>
      </Section>
      <p role="status" className="sr-only">
        {told}
      </p>
      {isGone && <CameFor key={id} id={id} project={project} />}
      {current !== undefined && (
        <ApprovalCard key={current.id} approval={current} decided={setTold} next={() => open(at + 1)} />
      )}
    </div>
  )
}

function Left({ at }: { at: string }) {
  const left = Date.parse(at) - useNow()
  return (
    <span className={`shrink-0 text-[12.5px] tabular-nums ${left < 120_000 ? 'font-semibold text-bad' : 'text-soft'}`}>
      {leftText(left)}
      <span className="sr-only"> {text.left}</span>
    </span>
  )
}

const columns: readonly Column<Approval>[] = [
  { head: text.state, cell: ({ state }) => <DecisionMark state={state} /> },
  {
    head: words.operations.tool,
    cell: ({ execution_id, tool }) => (
      <Link to="/operations/$id" params={{ id: execution_id }} className="break-all">
        <Said>{tool}</Said>
      </Link>
    ),
  },
  { head: text.where, from: 'md', cell: ({ workspace }) => <Said>{workspace}</Said> },
  {
    head: text.by,
    from: 'sm',
    cell: ({ decided_by, decided_by_name }) =>
      decided_by === null ? '–' : <Said>{decided_by_name ?? decided_by}</Said>,
  },
  {
    head: text.note,
    from: 'md',
    cell: ({ note }) =>
      note === null ? (
        '–'
      ) : (
        <span className="line-clamp-2 max-w-80" title={note}>
          <Said>{note}</Said>
        </span>
      ),
  },
  { head: text.when, right: true, cell: ({ decided_at, expires_at }) => <Ago at={decided_at ?? expires_at} /> },
]

/** The last hundred, and further back on demand. */
function Decided() {
  const asked = useInfiniteQuery(decidedQuery(useClient()))
  return (
    <Section title={text.decided}>
      <Listed label={text.decided} asked={asked} columns={columns} keyOf={({ id }) => id} empty={text.noneDecided} />
    </Section>
  )
}
