import type { ReactNode } from 'react'

export type Tone = 'good' | 'warn' | 'bad' | 'calm' | 'accent'
export type Shape =
  | 'circle'
  | 'ring'
  | 'square'
  | 'triangle'
  | 'octagon'
  | 'diamond'
  | 'check'
  | 'cross'
  | 'bars'
  | 'dots'
  | 'plus'
  | 'minus'

const tones: Record<Tone, string> = {
  good: 'text-good bg-good-soft',
  warn: 'text-warn bg-warn-soft',
  bad: 'text-bad bg-bad-soft',
  calm: 'text-calm bg-calm-soft',
  accent: 'text-accent bg-accent-soft',
}

const filled: Partial<Record<Shape, string>> = {
  circle: 'M6 1.5a4.5 4.5 0 1 1 0 9a4.5 4.5 0 0 1 0-9z',
  square: 'M2 2h8v8H2z',
  triangle: 'M6 1l5.2 9.5H.8z',
  octagon: 'M3.8.8h4.4l3 3v4.4l-3 3H3.8l-3-3V3.8z',
  diamond: 'M6 .8L11.2 6 6 11.2.8 6z',
  bars: 'M2.5 2h2.4v8H2.5zM7.1 2h2.4v8H7.1z',
  dots: 'M1 6a1.2 1.2 0 1 1 2.4 0A1.2 1.2 0 0 1 1 6zm3.8 0a1.2 1.2 0 1 1 2.4 0a1.2 1.2 0 0 1-2.4 0zm3.8 0A1.2 1.2 0 1 1 11 6a1.2 1.2 0 0 1-2.4 0z',
}
const drawn: Partial<Record<Shape, string>> = {
  ring: 'M6 2.2a3.8 3.8 0 1 1 0 7.6a3.8 3.8 0 0 1 0-7.6z',
  check: 'M2 6.4l2.7 2.8L10 3.2',
  cross: 'M2.6 2.6l6.8 6.8M9.4 2.6L2.6 9.4',
  plus: 'M6 1.8v8.4M1.8 6h8.4',
  minus: 'M1.8 6h8.4',
}

/** In a square of 12, for who draws them elsewhere. */
export const markPaths = Object.fromEntries([
  ...Object.entries(filled).map(([shape, d]) => [shape, { d, isLine: false }]),
  ...Object.entries(drawn).map(([shape, d]) => [shape, { d, isLine: true }]),
]) as Record<Shape, { d: string; isLine: boolean }>

/** A word with a colour and a shape: never the colour alone. */
export function Mark({ tone, shape, children }: { tone: Tone; shape: Shape; children: ReactNode }) {
  const stroke = drawn[shape]
  return (
    <span
      className={`inline-flex items-center gap-1.5 rounded-full px-2 py-px text-[12px] font-medium whitespace-nowrap ${tones[tone]}`}
    >
      <svg viewBox="0 0 12 12" className="size-2.5 shrink-0" aria-hidden="true">
        {stroke === undefined ? (
          <path d={filled[shape]} fill="currentColor" />
        ) : (
          <path
            d={stroke}
            fill="none"
            stroke="currentColor"
            strokeWidth="1.8"
            strokeLinecap="round"
            strokeLinejoin="round"
          />
        )}
      </svg>
      {children}
    </span>
  )
}
