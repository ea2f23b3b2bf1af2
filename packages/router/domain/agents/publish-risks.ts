import type { ToolDescriptor } from '@xerotier/protocol/manifest.ts'
import type { Actor } from '../actor.ts'
import type { Writing } from '../events/write.ts'
import { type KnownRisks, knownRisksAfter, loweredIn, risksOf } from '../fleet/known-risks.ts'
import type { Settings } from '../settings.ts'

interface Published {
  agent: { id: string; project_id: string }
  actor: Actor
  known: KnownRisks
  /** What it published before this. */
  before: readonly ToolDescriptor[]
  tools: readonly ToolDescriptor[]
}

/**
 * Says which tools are milder than before, once.
 * @returns what is known of their risks from now on
 */
export function publishRisks(
  { append }: Pick<Writing, 'append'>,
  { holdLoweredRisks }: Settings,
  { agent, actor, known, before, tools }: Published,
): KnownRisks {
  const said = new Map(before.map(({ name, risk }) => [name, risk]))
  for (const lowered of loweredIn(known, tools)) {
    if (said.get(lowered.tool) === lowered.to) continue
    const about = { project_id: agent.project_id, actor, agent_id: agent.id }
    append({ ...about, kind: 'agent.risk_lowered', data: { ...lowered, held: holdLoweredRisks } })
  }
  return holdLoweredRisks ? knownRisksAfter(known, tools) : { ...known, ...risksOf(tools) }
}
