// The same as the picture, for who reads it: each thing with where it comes from and leads to.
import { useMemo, useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { Scroll } from '../../ui/state.tsx'
import { words } from '../../words/en.ts'
import { Said } from '../texts.tsx'
import { NodeState } from './chosen.tsx'
import type { GraphNode, Model } from './model.ts'

const text = words.graph
const rowsAtOnce = 50
const namesAtOnce = 3

interface Props {
  model: Model
  /** In their order. */
  nodes: readonly GraphNode[]
  choose: (id: string) => void
}

export function GraphTable({ model, nodes, choose }: Props) {
  const [shown, setShown] = useState(rowsAtOnce)
  const { before, after } = useMemo(() => neighbours(model), [model])
  const names = (ids: readonly string[] = []) => {
    const first = ids.slice(0, namesAtOnce).map((id) => model.nodes.get(id)?.name ?? id)
    const rest = ids.length - first.length
    return ids.length === 0 ? text.nothing : [...first, ...(rest > 0 ? [text.more(rest)] : [])].join(', ')
  }
  return (
    <div className="grid gap-2">
      <Scroll label={text.table}>
        <table>
          <thead>
            <tr>
              <th>{text.what}</th>
              <th>{text.name}</th>
              <th>{text.state}</th>
              <th className="max-md:hidden">{text.from}</th>
              <th className="max-md:hidden">{text.to}</th>
              <th className="text-right">
                <span className="sr-only">{text.show}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {nodes.slice(0, shown).map((node) => (
              <tr key={node.id}>
                <td className="text-soft">{text.kind[node.kind]}</td>
                <td className="break-all">
                  <Said>{node.name}</Said>
                </td>
                <td>
                  <NodeState node={node} />
                </td>
                <td className="max-md:hidden">
                  <Said>{names(before.get(node.id))}</Said>
                </td>
                <td className="max-md:hidden">
                  <Said>{names(after.get(node.id))}</Said>
                </td>
                <td className="text-right">
                  <Button aria-label={text.showOf(node.name)} onClick={() => choose(node.id)}>
                    {text.show}
                  </Button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      {nodes.length > shown && (
        <p>
          <Button onClick={() => setShown(shown + 4 * rowsAtOnce)}>
            {words.more} · {text.more(nodes.length - shown)}
          </Button>
        </p>
      )}
    </div>
  )
}

function neighbours({ links }: Model) {
  const before = new Map<string, string[]>()
  const after = new Map<string, string[]>()
  const add = (to: Map<string, string[]>, key: string, value: string) => {
    const known = to.get(key)
    if (known === undefined) to.set(key, [value])
    else known.push(value)
  }
  for (const { from, to, change } of links) {
    if (change === 'gone') continue
    add(after, from, to)
    add(before, to, from)
  }
  return { before, after }
}
