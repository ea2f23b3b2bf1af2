import { printable } from '../output/cell.ts'
import { colourOfWord, type Paint } from '../output/colours.ts'
import { approvalIn, executionIn, type PublicEvent } from './public-event.ts'

/** One line for a person: when, what happened, to what. */
export function eventLine(paint: Paint): (event: PublicEvent) => string {
  return (event) => {
    const { at, about, state } = factsOf(event)
    const name = event.event.replace(/^x_exec\./, '').padEnd(26)
    return `${at.padEnd(24)}  ${paint(name, colourOfWord[state])} ${printable(about)}`
  }
}

function factsOf(event: PublicEvent): { at: string; about: string; state: string } {
  const approval = approvalIn(event)
  if (approval !== undefined) {
    const { id, risk, tool, workspace, prompt } = approval
    const requester = approval.requested_by_name ?? approval.requested_by
    const reviewer = approval.decided_by_name ?? approval.decided_by
    const who = reviewer === null ? `asked by ${requester}: ${prompt}` : `by ${reviewer}`
    const about = `${id} ${approval.state} ${tool} (${risk}) in ${workspace}, ${who}`
    return { at: approval.decided_at ?? approval.requested_at, about, state: approval.state }
  }
  const execution = executionIn(event)
  if (execution !== undefined) {
    const { id, tool, workspace, agent, state } = execution
    const at = execution.finished_at ?? execution.started_at ?? execution.dispatched_at ?? execution.created_at
    return { at, about: `${id} ${tool} in ${workspace}${agent === null ? '' : ` on ${agent}`}`, state }
  }
  return { at: '', about: JSON.stringify(event.data), state: '' }
}
