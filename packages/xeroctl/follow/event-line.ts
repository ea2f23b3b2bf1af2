import type { ApprovalEvent } from '@xerotier/protocol/api/approvals.ts'
import { printable } from '../output/cell.ts'
import { colourOfWord, type Paint } from '../output/colours.ts'
import { approvalIn, executionIn, type PublicEvent } from './public-event.ts'

/** One line for a person: when, what happened, to what, and who did it. */
export function eventLine(paint: Paint): (event: PublicEvent) => string {
  return (event) => {
    const { at, about, word } = factsOf(event)
    const name = event.event.replace(/^x_exec\./, '').padEnd(26)
    return `${at.padEnd(24)}  ${paint(name, colourOfWord[word])} ${printable(about)}`
  }
}

/** What was voted, where somebody did. */
function wordOf({ event }: ApprovalEvent, word: string): string {
  return event.vote ? `${word} ${event.vote.replace('_', ' ')}` : word
}

/** A router older than this leaves it out. */
function stageOf({ asked, event: { stage, stage_name } }: ApprovalEvent): string {
  if (typeof stage !== 'number') return ''
  return `, stage ${stage + 1} of ${asked.stages}${stage_name ? `: ${stage_name}` : ''}`
}

/**
 * Of the event, not of the record as it is now: that may have moved on, and a line must not tell
 * what comes after it.
 */
function factsOf(event: PublicEvent): { at: string; about: string; word: string } {
  const told = approvalIn(event) ?? executionIn(event)
  if (told === undefined) return { at: '', about: JSON.stringify(event.data), word: '' }
  const { at, kind } = told.event
  const actor = told.event.actor_name ?? told.event.actor
  const word = kind === 'approval.requested' ? 'pending' : kind.slice(kind.indexOf('.') + 1)
  if (told.object === 'approval') {
    const { id, risk, tool, workspace, prompt } = told
    const who = word === 'pending' ? `asked by ${actor}: ${prompt}` : `by ${actor}`
    return { at, about: `${id} ${wordOf(told, word)} ${tool} (${risk}) in ${workspace}${stageOf(told)}, ${who}`, word }
  }
  const { id, tool, workspace, agent } = told
  return { at, about: `${id} ${tool} in ${workspace}${agent === null ? '' : ` on ${agent}`}, by ${actor}`, word }
}
