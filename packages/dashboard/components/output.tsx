import { useDeferredValue, useMemo, useState } from 'react'
import { ansiLines, type Span } from '../ui/ansi.ts'
import { Button } from '../ui/button.tsx'
import { Section } from '../ui/state.tsx'
import { words } from '../words/en.ts'

const text = words.operation
/** Drawn together, and only near the window: an output of 100,000 lines scrolls as a short one. */
const linesPerPart = 200

export function Output({
  title,
  output,
  name,
  empty = false,
}: {
  title: string
  output: string
  name: string
  empty?: boolean
}) {
  const [wrap, setWrap] = useState(true)
  const [find, setFind] = useState('')
  const wanted = useDeferredValue(find.toLowerCase())
  const lines = useMemo(() => ansiLines(output.replace(/\n$/, '')), [output])
  const shown = useMemo(
    () => (wanted === '' ? lines : lines.filter((line) => textOf(line).toLowerCase().includes(wanted))),
    [lines, wanted],
  )
  if (output === '') return empty ? <p className="text-[13px] text-soft">{`${title}: ${text.noOutput}`}</p> : null
  const parts = Array.from({ length: Math.ceil(shown.length / linesPerPart) }, (_, at) =>
    shown.slice(at * linesPerPart, (at + 1) * linesPerPart),
  )
  const actions = (
    <div className="flex flex-wrap items-center gap-1">
      <input
        aria-label={text.find}
        placeholder={text.find}
        className="field !w-44 text-[13px]"
        value={find}
        onChange={({ target }) => setFind(target.value)}
      />
      <span role="status" className="px-1 text-[12.5px] text-soft tabular-nums">
        {wanted === '' ? text.found(lines.length) : text.found(shown.length)}
      </span>
      <Button look="quiet" aria-pressed={wrap} onClick={() => setWrap(!wrap)}>
        {text.wrap}
      </Button>
      <Button look="quiet" onClick={() => download(output, name)}>
        {text.download}
      </Button>
    </div>
  )
  return (
    <Section title={title} actions={actions}>
      <section
        aria-label={title}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
        tabIndex={0}
        className={`max-h-[60dvh] overflow-auto rounded-lg border border-line bg-code p-3 font-mono text-[12.5px] ${wrap ? 'break-words whitespace-pre-wrap' : 'whitespace-pre'}`}
      >
        {parts.map((part, at) => (
          <div key={`part ${at.toString()}`} className={parts.length > 1 ? 'lines' : ''}>
            {part.map((line, place) => (
              <div key={`line ${place.toString()}`} className="min-h-[1.45em]">
                {line.map(({ text: shownText, classes }, span) => (
                  <span key={`span ${span.toString()}`} className={classes}>
                    {shownText}
                  </span>
                ))}
              </div>
            ))}
          </div>
        ))}
      </section>
    </Section>
  )
}

function textOf(line: readonly Span[]): string {
  return line.map(({ text: part }) => part).join('')
}

function download(output: string, name: string): void {
  const url = URL.createObjectURL(new Blob([output], { type: 'text/plain;charset=utf-8' }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  URL.revokeObjectURL(url)
}
