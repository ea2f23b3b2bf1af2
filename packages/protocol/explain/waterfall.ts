// Where the time of a call went, from the times on its record: no collector is needed. Those of the
// agent are its own clock, brought to the router's.
import type { ExecutionDetail } from '../api/executions.ts'

export interface Span {
  name: string
  /** Which process had the call. */
  where: string
  from: string
  /** Null while it goes on. */
  to: string | null
  /** Milliseconds. */
  ms: number
  /** From the beginning of the call, milliseconds. */
  offset_ms: number
}

type Move = ExecutionDetail['transitions'][number]

/** Oldest first; a span begins where the call went into other hands. */
export function spansOf(record: ExecutionDetail, now: number): Span[] {
  const { transitions } = record
  const spans: Span[] = []
  const add = (name: string, where: string, from: string, to: string | null) => {
    const [begin, end] = [Date.parse(from), to === null ? now : Date.parse(to)]
    const offset_ms = Math.max(0, begin - Date.parse(record.created_at))
    spans.push({ name, where, from, to, ms: Math.max(0, end - begin), offset_ms })
  }
  const ended = record.finished_at ?? null
  add('call', 'caller', record.created_at, lastMove(transitions)?.at ?? ended)
  for (const [at, move] of transitions.entries()) {
    const next = transitions[at + 1]?.at ?? null
    if (move.state === 'pending_approval') add('approval', 'people', move.at, next)
    if (move.state === 'queued') add('queue', 'router', move.at, next)
  }
  for (const attempt of record.attempts) {
    const { dispatched_at, sent_at, started_at, ended_at } = attempt
    const agent = attempt.agent ?? attempt.agent_id ?? 'an agent'
    const nth = record.attempts.length > 1 ? ` ${attempt.attempt}` : ''
    // A call that an agent is free for is stored with its place there, by the submit.
    if (sent_at !== null) {
      const isSubmit = attempt === record.attempts[0] && transitions[0]?.state === 'dispatched'
      if (isSubmit) add('submit', 'router, HTTP to commit', record.created_at, sent_at)
      else add(`claim${nth}`, 'router', dispatched_at, sent_at)
    }
    const sent = sent_at ?? dispatched_at
    add(`dispatch${nth}`, `router to ${agent}`, sent, later(sent, started_at ?? ended_at))
    if (started_at === null) continue
    add(`tool${nth}`, agent, started_at, ended_at)
    if (ended_at === null) continue
    const settled = transitions.find(
      ({ state, at }) => Date.parse(at) >= Date.parse(dispatched_at) && state === attempt.outcome,
    )
    if (settled !== undefined) add(`result${nth}`, `${agent} to router`, ended_at, later(ended_at, settled.at))
  }
  return spans.sort((one, other) => Date.parse(one.from) - Date.parse(other.from))
}

/** Of a call that has ended. */
function lastMove(transitions: readonly Move[]): Move | undefined {
  const last = transitions.at(-1)
  return last !== undefined && !['pending_approval', 'queued', 'dispatched', 'running'].includes(last.state)
    ? last
    : undefined
}

/** Two clocks: what is told later has not happened earlier. */
function later<Other extends string | null>(one: string, other: Other): string | Other {
  if (other === null) return other
  return Date.parse(one) > Date.parse(other) ? one : other
}
