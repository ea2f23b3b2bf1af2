// The picture with what steers it, and beside it what was chosen.

import { reviewed } from '@xerotier/protocol/reviewed.ts'
import { useMemo, useRef, useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { GraphCanvas, type GraphHandle } from '../../ui/graph/canvas.tsx'
import { words } from '../../words/en.ts'
import { blastOf } from './blast.ts'
import { Chosen } from './chosen.tsx'
import { Find } from './find.tsx'
import { layoutOf } from './layout.ts'
import { type GraphNode, type Model, regionId } from './model.ts'
import { usePulses } from './pulses.ts'
import { createSlots } from './slots.ts'

const text = words.graph
/** Of this page, for as long as it is open: who comes back finds everything where it was. */
const slots = createSlots()

interface Props {
  model: Model
  nodes: readonly GraphNode[]
  chosen: string | undefined
  choose: (id: string | undefined) => void
}

export function Picture({ model, nodes, chosen, choose }: Props) {
  const handle = useRef<GraphHandle>(null)
  const [hovered, setHovered] = useState<string>()
  const scene = useMemo(() => layoutOf(model, slots), [model])
  const lit = useMemo(() => {
    const id = hovered ?? chosen
    return id === undefined ? undefined : blastOf(model, id)
  }, [model, hovered, chosen])
  const blast = useMemo(() => (chosen === undefined ? undefined : blastOf(model, chosen)), [model, chosen])
  usePulses(model, handle)
  const node = chosen === undefined ? undefined : model.nodes.get(chosen)
  const name = node?.name ?? chosen?.replace(regionId(''), '') ?? ''
  const showAndChoose = (id: string) => {
    choose(id)
    handle.current?.show(id)
  }
  return (
    <div className="grid gap-3">
      <div className="flex flex-wrap items-center gap-2">
        <Find nodes={nodes} choose={showAndChoose} />
        <Button onClick={() => handle.current?.all()}>{text.all}</Button>
        <Button aria-label={text.zoomIn} onClick={() => handle.current?.zoom(1.5)}>
          +
        </Button>
        <Button aria-label={text.zoomOut} onClick={() => handle.current?.zoom(1 / 1.5)}>
          −
        </Button>
        <p className="text-[12.5px] text-soft max-lg:hidden">{text.keysShort}</p>
      </div>
      <div className={`grid items-start gap-3 ${chosen === undefined ? '' : 'xl:grid-cols-[minmax(0,1fr)_320px]'}`}>
        <div className="min-w-0">
          <GraphCanvas
            scene={scene}
            label={text.picture}
            keys={text.keys}
            sayNode={(id) => said(model, id)}
            lit={lit}
            onHover={setHovered}
            onChoose={choose}
            handle={handle}
          />
        </div>
        {chosen === undefined ? null : (
          <Chosen
            node={node}
            name={name}
            blast={blast}
            choose={(id) => (id === undefined ? choose(undefined) : showAndChoose(id))}
          />
        )}
      </div>
    </div>
  )
}

/** A node in a sentence. */
function said({ nodes, links }: Model, id: string): string {
  const node = nodes.get(id)
  if (node === undefined) return ''
  const state =
    node.kind === 'agent'
      ? `${words.fleet.health[node.health]}, ${text.region(node.region)}`
      : node.kind === 'tool'
        ? words.risks[node.risk]
        : node.isPaused
          ? text.paused
          : ''
  const leads = links.flatMap(({ from, to }) => (from === id ? [nodes.get(to)?.name ?? ''] : []))
  const change = node.change === undefined ? '' : text.time.changes[node.change]
  const way =
    leads.length === 0
      ? ''
      : `${text.to}: ${leads.slice(0, 5).join(', ')} ${leads.length > 5 ? text.more(leads.length - 5) : ''}`
  return reviewed([text.kind[node.kind], node.name, state, change, way].filter((part) => part !== '').join(', '))
}
