import { useDeferredValue, useMemo, useState } from 'react'
import type { Output } from '../api/output.ts'
import type { Span } from '../ui/ansi.ts'
import { Button } from '../ui/button.tsx'
import { LogLines } from '../ui/log-lines.tsx'
import { save } from '../ui/save.ts'
import { Section } from '../ui/state.tsx'
import { words } from '../words/en.ts'

const text = words.operation

interface Props {
  title: string
  output: Output
  /** Of the file that is saved. */
  name: string
  /** The call goes on: more may come. */
  live: boolean
}

export function OutputView({ title, output, name, live }: Props) {
  const [wrap, setWrap] = useState(true)
  const [follow, setFollow] = useState(live)
  const [find, setFind] = useState('')
  const [place, setPlace] = useState(0)
  const { lines, version } = output
  const wanted = useDeferredValue(find.trim().toLowerCase())
  const found = useMemo(() => linesWith(lines, wanted, version), [lines, wanted, version])
  const marked = useMemo(() => new Set(found), [found])
  const at = found.length === 0 ? 0 : ((place % found.length) + found.length) % found.length
  if (lines.length === 0)
    return (
      <Section title={title}>
        <p className="card px-4 py-3 text-[13px] text-soft">{live ? text.nothingYet : text.noOutput}</p>
      </Section>
    )
  const actions = (
    <div className="flex flex-wrap items-center gap-1">
      <input
        type="search"
        aria-label={`${text.find}: ${title}`}
        placeholder={text.find}
        className="field !w-44 text-[13px]"
        value={find}
        onChange={({ target }) => {
          setFind(target.value)
          setPlace(0)
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return
          event.preventDefault()
          setPlace(place + (event.shiftKey ? -1 : 1))
        }}
      />
      <span role="status" className="px-1 text-[12.5px] text-soft tabular-nums">
        {wanted === '' ? text.lines(lines.length) : text.found(found.length === 0 ? 0 : at + 1, found.length)}
      </span>
      {found.length > 1 && (
        <>
          <Button look="quiet" aria-label={text.previous} onClick={() => setPlace(place - 1)}>
            ↑
          </Button>
          <Button look="quiet" aria-label={text.next} onClick={() => setPlace(place + 1)}>
            ↓
          </Button>
        </>
      )}
      {live && (
        <Button look="quiet" aria-pressed={follow} onClick={() => setFollow(!follow)}>
          {text.follow}
        </Button>
      )}
      <Button look="quiet" aria-pressed={wrap} onClick={() => setWrap(!wrap)}>
        {text.wrap}
      </Button>
      <Button look="quiet" onClick={() => save(new Blob([output.text()], { type: 'text/plain;charset=utf-8' }), name)}>
        {text.download}
      </Button>
    </div>
  )
  return (
    <Section title={title} actions={actions}>
      <LogLines
        label={title}
        lines={lines}
        wrap={wrap}
        follow={live && follow}
        onFollow={setFollow}
        marked={marked}
        current={found[at]}
      />
    </Section>
  )
}

/** Numbers of the lines that hold it. */
function linesWith(lines: readonly (readonly Span[])[], wanted: string, _version: number): number[] {
  if (wanted === '') return []
  return lines.flatMap((line, at) =>
    line
      .map(({ text: part }) => part)
      .join('')
      .toLowerCase()
      .includes(wanted)
      ? [at]
      : [],
  )
}
