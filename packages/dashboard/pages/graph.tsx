import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { Topology } from '@xerotier/protocol/api/topology.ts'
import { useCallback, useMemo } from 'react'
import { useClient } from '../api/client.ts'
import { topologyNodes } from '../api/protocol.data.ts'
import { topologyQuery } from '../api/queries.ts'
import { useSearchChange } from '../api/search.ts'
import { Answer, Refused } from '../components/asked.tsx'
import { GraphTable } from '../components/graph/graph-table.tsx'
import { type GraphNode, modelOf } from '../components/graph/model.ts'
import { Picture } from '../components/graph/picture.tsx'
import { TimeSlider } from '../components/graph/time-slider.tsx'
import { Heading } from '../components/heading.tsx'
import { Notice, Section } from '../ui/state.tsx'
import { words } from '../words/en.ts'

const route = getRouteApi('/frame/graph')
const text = words.graph

export interface GraphSearch {
  /** ISO: to compare now with. */
  at?: string
  /** What is chosen. */
  id?: string
  find?: string
  kind?: string
}

export function Graph() {
  const asked = useQuery(topologyQuery(useClient()))
  return (
    <>
      <Heading title={text.title} />
      <Answer asked={asked}>
        {(topology) =>
          topology.workspaces.length + topology.agents.length === 0 ? (
            <Notice title={text.empty}>
              <p>{text.emptyHint}</p>
            </Notice>
          ) : (
            <Drawn topology={topology} />
          )
        }
      </Answer>
    </>
  )
}

const kinds = ['approver', 'workspace', 'agent', 'tool'] as const

function Drawn({ topology }: { topology: Topology }) {
  const search = route.useSearch()
  const change = useSearchChange()
  const at = search.at !== undefined && Number.isFinite(Date.parse(search.at)) ? search.at : undefined
  const past = useQuery({ ...topologyQuery(useClient(), at), enabled: at !== undefined })
  const then = at === undefined ? undefined : past.data
  const model = useMemo(() => modelOf(topology, then), [topology, then])
  const nodes = useMemo(
    () =>
      [...model.nodes.values()].sort(
        (one, other) => kinds.indexOf(one.kind) - kinds.indexOf(other.kind) || one.name.localeCompare(other.name),
      ),
    [model],
  )
  const wanted = search.find?.toLowerCase() ?? ''
  const listed = nodes.filter(({ kind, name }) => (search.kind ?? kind) === kind && name.toLowerCase().includes(wanted))
  const choose = useCallback((id: string | undefined) => change({ id }, true), [change])
  const look = useCallback((moment: string | undefined) => change({ at: moment }, true), [change])
  return (
    <>
      <p className="text-soft">{text.hint}</p>
      <Section title={text.time.title}>
        <div className="card grid gap-2 p-3">
          <TimeSlider at={at} beginsAt={topology.begins_at} look={look} />
          <Refused error={at === undefined ? null : past.error} />
          <div role="status">
            {at !== undefined && past.isPending && <p className="text-soft">{text.time.loading}</p>}
            {then !== undefined && <Differences nodes={nodes} then={then} choose={choose} />}
          </div>
        </div>
      </Section>
      {!model.isWhole && <p className="text-warn">{text.partial(topologyNodes)}</p>}
      <Picture model={model} nodes={nodes} chosen={search.id} choose={choose} />
      <Section
        title={text.table}
        actions={
          <div className="flex flex-wrap gap-2">
            <select
              aria-label={text.what}
              className="field !w-auto"
              value={search.kind ?? ''}
              onChange={({ target }) => change({ kind: target.value }, true)}
            >
              <option value="">{text.anyKind}</option>
              {kinds.map((kind) => (
                <option key={kind} value={kind}>
                  {text.kinds[kind]}
                </option>
              ))}
            </select>
            <input
              type="search"
              aria-label={text.name}
              placeholder={text.name}
              className="field !w-48"
              value={search.find ?? ''}
              onChange={({ target }) => change({ find: target.value }, true)}
            />
          </div>
        }
      >
        <GraphTable model={model} nodes={listed} choose={choose} />
      </Section>
    </>
  )
}

interface DifferencesProps {
  nodes: readonly GraphNode[]
  then: Topology
  choose: (id: string) => void
}

const mostDifferences = 12

function Differences({ nodes, then, choose }: DifferencesProps) {
  const others = nodes.filter((node) => node.change !== undefined)
  const signs = { added: '+', gone: '−', changed: '±' } as const
  return (
    <div className="grid gap-1">
      <p>{text.time.differs(others.length)}</p>
      {others.length > 0 && (
        <ul className="flex flex-wrap gap-x-4 gap-y-1">
          {others.slice(0, mostDifferences).map((node) => (
            <li key={node.id}>
              <button type="button" className="min-h-6 text-accent hover:underline" onClick={() => choose(node.id)}>
                {node.change === undefined ? '' : `${signs[node.change]} `}
                {node.name}
              </button>{' '}
              <span className="text-[12.5px] text-soft">
                {text.kind[node.kind]} · {node.change === undefined ? '' : text.time.changes[node.change]}
              </span>
            </li>
          ))}
          {others.length > mostDifferences && (
            <li className="text-soft">{text.more(others.length - mostDifferences)}</li>
          )}
        </ul>
      )}
      {then.agents.some(({ tools }) => tools === null) && (
        <p className="text-[12.5px] text-soft">{text.time.toolsUnknown}</p>
      )}
    </div>
  )
}
