// Where the time of a call went, and why it went as it did.
import type { ExecutionDetail } from '@xerotier/protocol/api/executions.ts'
import { type Span, spansOf } from '@xerotier/protocol/explain/waterfall.ts'
import { whyOf } from '@xerotier/protocol/explain/why.ts'
import { Section } from '../ui/state.tsx'
import { Ago, durationText, useNow } from '../ui/time.tsx'
import { words } from '../words/en.ts'
import { StateMark } from './marks.tsx'
import { Id, Said } from './texts.tsx'

const text = words.operation

/** One sentence a step. */
export function Why({ call }: { call: ExecutionDetail }) {
  const { steps } = whyOf(call)
  return (
    <Section title={text.whySo}>
      <ol className="card divide-y divide-line">
        {steps.map(({ at, sentence }, place) => (
          <li key={`step ${place.toString()}`} className="flex gap-3 px-4 py-2">
            <span className="w-18 shrink-0 text-[12.5px] whitespace-nowrap text-soft tabular-nums">
              {place === 0 ? <Ago at={at} /> : `+${durationText(since(call.created_at, at))}`}
            </span>
            <span className="min-w-0 break-words">
              <Said>{sentence}</Said>
            </span>
          </li>
        ))}
      </ol>
    </Section>
  )
}

export function Transitions({ call }: { call: ExecutionDetail }) {
  return (
    <Section title={text.timeline}>
      <ol className="card divide-y divide-line">
        {call.transitions.map(({ state, at, actor, actor_name }, place) => (
          <li key={`${at} ${state}`} className="flex flex-wrap items-center gap-2 px-4 py-2">
            <StateMark state={state} />
            <span className="min-w-0 flex-1 truncate text-soft">
              <Said>{actor_name ?? actor}</Said>
            </span>
            <span className="text-[12.5px] text-soft tabular-nums">
              {place === 0 ? <Ago at={at} /> : `+${durationText(since(call.transitions[place - 1]?.at ?? at, at))}`}
            </span>
          </li>
        ))}
      </ol>
    </Section>
  )
}

/** As bars beside each other, and as numbers. */
export function Waterfall({ call }: { call: ExecutionDetail }) {
  const now = useNow()
  const spans = spansOf(call, now)
  const whole = Math.max(1, ...spans.map(({ offset_ms, ms }) => offset_ms + ms))
  return (
    <Section
      title={text.time}
      actions={
        call.trace_id !== null && (
          <span className="flex min-w-0 items-center gap-1 text-[12.5px] text-soft">
            {text.trace}
            {call.trace_url === null ? (
              <Id id={call.trace_id} what={text.trace} short />
            ) : (
              <a href={call.trace_url} target="_blank" rel="noreferrer">
                {text.openTrace}
              </a>
            )}
          </span>
        )
      }
    >
      <ol className="card grid gap-1.5 px-4 py-3">
        {spans.map((span, at) => (
          <li
            key={`span ${at.toString()}`}
            className="grid grid-cols-[minmax(5rem,8rem)_minmax(0,1fr)_5.5rem] items-center gap-3"
          >
            <span className="min-w-0">
              <span className="block truncate">{span.name}</span>
              <span className="block truncate text-[12px] text-soft">
                <Said>{span.where}</Said>
              </span>
            </span>
            <Bar span={span} whole={whole} />
            <span className="text-right text-[12.5px] whitespace-nowrap tabular-nums">
              {durationText(span.ms)}
              {span.to === null && <span className="block text-soft">{text.soFar}</span>}
            </span>
          </li>
        ))}
      </ol>
    </Section>
  )
}

const tones: Record<string, string> = { call: 'bg-calm', approval: 'bg-warn', queue: 'bg-soft', tool: 'bg-good' }

function Bar({ span: { name, offset_ms, ms }, whole }: { span: Span; whole: number }) {
  const from = Math.min(99, (offset_ms / whole) * 100)
  return (
    <span aria-hidden="true" className="relative block h-3.5 rounded bg-raised">
      <span
        className={`absolute inset-y-0.5 min-w-1 rounded-sm ${tones[name.split(' ')[0] ?? ''] ?? 'bg-accent'}`}
        style={{ left: `${from}%`, width: `${Math.max(0.6, Math.min(100 - from, (ms / whole) * 100))}%` }}
      />
    </span>
  )
}

/** Two clocks may disagree. */
const since = (from: string, to: string) => Math.max(0, Date.parse(to) - Date.parse(from))
