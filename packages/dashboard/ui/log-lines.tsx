// Lines of output, as many as there are: only those that can be seen are in the page.
import { useVirtualizer } from '@tanstack/react-virtual'
import { memo, useEffect, useLayoutEffect, useRef } from 'react'
import type { Span } from './ansi.ts'

/** Drawn together. */
const linesPerPart = 50
const lineHeight = 18

interface Props {
  label: string
  lines: readonly (readonly Span[])[]
  wrap: boolean
  /** Stays at the end as lines come, until somebody scrolls up. */
  follow: boolean
  onFollow: (follow: boolean) => void
  /** Numbers of lines that are marked. */
  marked: ReadonlySet<number>
  /** The one that is to be seen. */
  current: number | undefined
}

export function LogLines({ label, lines, wrap, follow, onFollow, marked, current }: Props) {
  const box = useRef<HTMLElement>(null)
  const count = Math.ceil(lines.length / linesPerPart)
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => box.current,
    estimateSize: (part) => lineHeight * Math.min(linesPerPart, lines.length - part * linesPerPart),
    overscan: 2,
  })
  useLayoutEffect(() => {
    if (follow && lines.length > 0) box.current?.scrollTo({ top: box.current.scrollHeight })
  })
  useEffect(() => {
    if (current === undefined) return
    virtual.scrollToIndex(Math.floor(current / linesPerPart), { align: 'center' })
    const seen = requestAnimationFrame(() =>
      box.current?.querySelector('[data-current]')?.scrollIntoView({ block: 'center' }),
    )
    return () => cancelAnimationFrame(seen)
  }, [current, virtual])
  const digits = Math.max(2, String(lines.length).length)
  return (
    <section
      ref={box}
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
      tabIndex={0}
      onScroll={({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) => {
        const atEnd = scrollHeight - scrollTop - clientHeight < 2 * lineHeight
        if (atEnd !== follow) onFollow(atEnd)
      }}
      className="max-h-[60dvh] overflow-auto rounded-lg border border-line bg-code py-2 font-mono text-[12.5px] leading-[18px]"
    >
      <div style={{ height: virtual.getTotalSize() }} className={`relative ${wrap ? '' : 'w-max min-w-full'}`}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const from = index * linesPerPart
          const to = Math.min(lines.length, from + linesPerPart)
          return (
            <div
              key={index}
              data-index={index}
              ref={virtual.measureElement}
              style={{ transform: `translateY(${start}px)` }}
              className="absolute top-0 left-0 w-full"
            >
              {lines.slice(from, to).map((line, at) => (
                <Line
                  key={`line ${(from + at).toString()}`}
                  line={line}
                  number={from + at + 1}
                  digits={digits}
                  wrap={wrap}
                  marked={marked.has(from + at)}
                  current={current === from + at}
                />
              ))}
            </div>
          )
        })}
      </div>
    </section>
  )
}

interface LineProps {
  line: readonly Span[]
  number: number
  digits: number
  wrap: boolean
  marked: boolean
  current: boolean
}

const Line = memo(function Line({ line, number, digits, wrap, marked, current }: LineProps) {
  return (
    <div
      data-current={current || undefined}
      className={`flex min-h-[18px] gap-3 px-3 ${current ? 'bg-warn-soft outline outline-warn' : marked ? 'bg-accent-soft' : ''}`}
    >
      <span
        aria-hidden="true"
        data-number={String(number).padStart(digits)}
        className="shrink-0 whitespace-pre text-soft select-none before:content-[attr(data-number)]"
      />
      <span className={wrap ? 'min-w-0 break-words whitespace-pre-wrap' : 'whitespace-pre'}>
        {line.map(({ text, classes }, span) => (
          <span key={`span ${span.toString()}`} className={classes}>
            {text}
          </span>
        ))}
      </span>
    </div>
  )
})
