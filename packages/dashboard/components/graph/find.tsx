// A few letters lead to a node.
import { useId, useState } from 'react'
import { words } from '../../words/en.ts'
import { Said } from '../texts.tsx'
import type { GraphNode } from './model.ts'

const text = words.graph
const mostFound = 8

export function Find({ nodes, choose }: { nodes: readonly GraphNode[]; choose: (id: string) => void }) {
  const [letters, setLetters] = useState('')
  const [open, setOpen] = useState(false)
  const id = useId()
  const wanted = letters.trim().toLowerCase()
  const found = wanted === '' ? [] : nodes.filter(({ name }) => name.toLowerCase().includes(wanted)).slice(0, mostFound)
  const take = (node: GraphNode | undefined) => {
    if (node === undefined) return
    setOpen(false)
    setLetters('')
    choose(node.id)
  }
  return (
    <search
      className="relative w-full sm:w-72"
      onBlur={({ currentTarget, relatedTarget }) => {
        if (!(relatedTarget instanceof Node && currentTarget.contains(relatedTarget))) setOpen(false)
      }}
    >
      <label htmlFor={id} className="sr-only">
        {text.find}
      </label>
      <input
        id={id}
        type="search"
        className="field"
        placeholder={text.find}
        autoComplete="off"
        value={letters}
        onChange={({ target }) => {
          setLetters(target.value)
          setOpen(true)
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter') take(found[0])
          if (event.key === 'Escape') setOpen(false)
        }}
      />
      {open && wanted !== '' && (
        <ul className="card absolute inset-x-0 top-full z-10 mt-1 grid p-1 shadow-lg">
          {found.length === 0 && <li className="px-2 py-1 text-soft">{text.noneFound}</li>}
          {found.map((node) => (
            <li key={node.id}>
              <button
                type="button"
                onClick={() => take(node)}
                className="flex w-full items-baseline gap-2 rounded px-2 py-1 text-left hover:bg-raised"
              >
                <span className="min-w-0 truncate">
                  <Said>{node.name}</Said>
                </span>
                <span className="ml-auto shrink-0 text-[12.5px] text-soft">{text.kind[node.kind]}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </search>
  )
}
