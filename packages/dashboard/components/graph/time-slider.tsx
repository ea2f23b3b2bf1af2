// How far back to look. The nearer, the finer: most questions are about the last hours.
import { useEffect, useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { When } from '../../ui/time.tsx'
import { words } from '../../words/en.ts'

const text = words.graph.time
const steps = 200
const bend = 7
/** After which a slider that rests is meant. */
const restMs = 300

interface Props {
  /** ISO; undefined for now. */
  at: string | undefined
  beginsAt: string
  look: (at: string | undefined) => void
}

export function TimeSlider({ at, beginsAt, look }: Props) {
  const [now] = useState(() => Date.now())
  const span = Math.max(60_000, now - Date.parse(beginsAt))
  const [step, setStep] = useState(() => stepOf(at, now, span))
  const [moves, setMoves] = useState(false)
  useEffect(() => {
    if (!moves) setStep(stepOf(at, now, span))
  }, [at, moves, now, span])
  useEffect(() => {
    if (!moves) return
    const timer = setTimeout(() => {
      setMoves(false)
      look(step === steps ? undefined : atStep(step, now, span))
    }, restMs)
    return () => clearTimeout(timer)
  }, [moves, step, now, span, look])
  const shown = moves ? (step === steps ? undefined : atStep(step, now, span)) : at
  const ago = (ms: number) => new Date(Date.now() - ms).toISOString()
  const spans = [
    [text.spans.hour, 3_600_000],
    [text.spans.day, 86_400_000],
    [text.spans.week, 7 * 86_400_000],
  ] as const
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
      <label className="flex min-w-56 flex-1 items-center gap-3">
        <span className="sr-only">{text.slider}</span>
        <input
          type="range"
          min="0"
          max={steps}
          value={step}
          aria-valuetext={shown === undefined ? text.now : new Date(shown).toLocaleString()}
          onChange={({ target }) => {
            setStep(Number(target.value))
            setMoves(true)
          }}
          className="h-8 min-w-0 flex-1 accent-accent"
        />
      </label>
      <p className="min-w-44 tabular-nums">{shown === undefined ? text.now : <When at={shown} />}</p>
      <div className="flex flex-wrap gap-1.5">
        {spans.map(([name, ms]) =>
          ms < span ? (
            <Button key={name} look="quiet" onClick={() => look(ago(ms))}>
              {name}
            </Button>
          ) : null,
        )}
        {at !== undefined && <Button onClick={() => look(undefined)}>{text.now}</Button>}
      </div>
    </div>
  )
}

function atStep(step: number, now: number, span: number): string {
  const share = Math.expm1(bend * (1 - step / steps)) / Math.expm1(bend)
  return new Date(now - span * share).toISOString()
}

function stepOf(at: string | undefined, now: number, span: number): number {
  if (at === undefined) return steps
  const share = Math.min(1, Math.max(0, (now - Date.parse(at)) / span))
  return Math.min(steps - 1, Math.round(steps * (1 - Math.log1p(share * Math.expm1(bend)) / bend)))
}
