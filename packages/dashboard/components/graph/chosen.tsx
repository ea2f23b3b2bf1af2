// What was chosen: what it is, what hangs on it, and what can be done about it.
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { useClient } from '../../api/client.ts'
import { agentQuery } from '../../api/queries.ts'
import { Button } from '../../ui/button.tsx'
import { Mark } from '../../ui/mark.tsx'
import { words } from '../../words/en.ts'
import { AgentPause } from '../agent-pause.tsx'
import { useHindrance } from '../hindrance.ts'
import { HealthMark, RiskMark } from '../marks.tsx'
import { TargetPause } from '../target-pause.tsx'
import { Said } from '../texts.tsx'
import type { Blast } from './blast.ts'
import type { GraphNode } from './model.ts'

const text = words.graph

interface Props {
  /** Undefined for a region. */
  node: GraphNode | undefined
  name: string
  blast: Blast | undefined
  choose: (id: string | undefined) => void
}

export function Chosen({ node, name, blast, choose }: Props) {
  const kind = node?.kind ?? 'region'
  return (
    <section aria-label={text.kind[kind]} className="card grid content-start gap-3 p-4">
      <div className="flex items-start gap-2">
        <div className="min-w-0 flex-1">
          <h2>{text.kind[kind]}</h2>
          <p className="text-[15px] font-semibold break-words">
            <Said>{name}</Said>
          </p>
        </div>
        <Button look="quiet" onClick={() => choose(undefined)}>
          {text.close}
        </Button>
      </div>
      {node !== undefined && (
        <p className="flex flex-wrap items-center gap-2">
          <NodeState node={node} />
        </p>
      )}
      <Actions node={node} />
      <div className="grid gap-2 border-t border-line pt-3">
        <h2>{text.blast.title(name)}</h2>
        {node?.change === 'gone' || blast === undefined ? (
          <p className="text-soft">{text.blast.gone}</p>
        ) : (
          <>
            <p className="text-soft">{text.blast.of[kind]}</p>
            <Touched blast={blast} choose={choose} />
          </>
        )}
      </div>
    </section>
  )
}

function Touched({ blast: { lost, reduced }, choose }: { blast: Blast; choose: (id: string) => void }) {
  if (lost.length + reduced.length === 0) return <p>{text.blast.none}</p>
  return (
    <>
      {lost.length > 0 && (
        <Group
          mark={
            <Mark tone="bad" shape="cross">
              {text.blast.lost(lost.length)}
            </Mark>
          }
          items={lost.map((node) => ({ node, detail: text.kind[node.kind] }))}
          choose={choose}
        />
      )}
      {reduced.length > 0 && (
        <Group
          mark={
            <Mark tone="warn" shape="triangle">
              {text.blast.reduced(reduced.length)}
            </Mark>
          }
          items={reduced.map(({ node, others }) => ({ node, detail: text.blast.others(others) }))}
          choose={choose}
        />
      )}
    </>
  )
}

const mostListed = 12

interface GroupProps {
  mark: ReactNode
  items: { node: GraphNode; detail: string }[]
  choose: (id: string) => void
}

function Group({ mark, items, choose }: GroupProps) {
  return (
    <div className="grid gap-1">
      <p>{mark}</p>
      <ul className="grid gap-0.5">
        {items.slice(0, mostListed).map(({ node, detail }) => (
          <li key={node.id} className="flex items-baseline gap-2">
            <button
              type="button"
              className="min-h-6 min-w-0 truncate text-left text-accent hover:underline"
              onClick={() => choose(node.id)}
            >
              <Said>{node.name}</Said>
            </button>
            <span className="shrink-0 text-[12.5px] text-soft">{detail}</span>
          </li>
        ))}
      </ul>
      {items.length > mostListed && <p className="text-soft">{text.more(items.length - mostListed)}</p>}
    </div>
  )
}

export function NodeState({ node }: { node: GraphNode }) {
  return (
    <span className="inline-flex flex-wrap items-center gap-1.5">
      {node.kind === 'agent' && <HealthMark health={node.health} />}
      {node.kind === 'tool' && <RiskMark risk={node.risk} />}
      {node.kind === 'approver' && <span className="text-soft">{text.ofApprover[node.of]}</span>}
      {node.kind === 'workspace' && <span className="text-soft">{node.type}</span>}
      {node.isPaused && node.kind !== 'agent' && (
        <Mark tone="warn" shape="bars">
          {text.paused}
        </Mark>
      )}
      {node.change !== undefined && <ChangeMark node={node} />}
    </span>
  )
}

function ChangeMark({ node }: { node: GraphNode }) {
  const { changes, was } = text.time
  if (node.change === 'added')
    return (
      <Mark tone="good" shape="plus">
        {changes.added}
      </Mark>
    )
  if (node.change === 'gone')
    return (
      <Mark tone="bad" shape="minus">
        {changes.gone}
      </Mark>
    )
  return (
    <Mark tone="accent" shape="diamond">
      {node.kind === 'agent' && node.was !== undefined ? was(words.fleet.health[node.was]) : changes.changed}
    </Mark>
  )
}

function Actions({ node }: { node: GraphNode | undefined }) {
  if (node === undefined || node.change === 'gone' || node.kind === 'approver') return null
  return (
    <div className="flex flex-wrap items-center gap-3">
      {node.kind === 'workspace' && (
        <Link to="/workspaces/$workspaceId" params={{ workspaceId: node.id }}>
          {words.workspace.title}
        </Link>
      )}
      {(node.kind === 'workspace' || node.kind === 'tool') && <PauseNode key={node.id} node={node} />}
      {node.kind === 'agent' && (
        <>
          <PauseAgent id={node.id} />
          <Link to="/agents/$agentId/workspaces" params={{ agentId: node.id }}>
            {words.fleet.name}
          </Link>
        </>
      )}
      <Link
        to="/operations"
        search={
          node.kind === 'agent'
            ? { agent: node.name }
            : node.kind === 'tool'
              ? { tool: node.name }
              : { workspace: node.name }
        }
      >
        {words.tabs.operations}
      </Link>
    </div>
  )
}

/** A dialog that is open stays when somebody else pauses the same, and says so. */
function PauseNode({ node: { kind, name, isPaused } }: { node: GraphNode }) {
  const [open, setOpen] = useState(false)
  const hindrance = useHindrance('management')
  return (
    <>
      {!isPaused && (
        <Button why={hindrance} aria-label={words.fleet.pauseTitle(name)} onClick={() => setOpen(true)}>
          {words.fleet.pause}
        </Button>
      )}
      {open && (
        <TargetPause
          target={kind === 'tool' ? { tool: name } : { workspace: name }}
          name={name}
          isPaused={isPaused}
          close={() => setOpen(false)}
        />
      )}
    </>
  )
}

function PauseAgent({ id }: { id: string }) {
  const { data } = useQuery(agentQuery(useClient(), id))
  return data === undefined ? null : <AgentPause agent={data} />
}
