// What a person reads on stderr while a call is followed: one line for each state, and how to
// approve it.
import { isPassing } from '@xerotier/client/retry.ts'
import type { Execution, ExecutionDetail } from '@xerotier/protocol/api/executions.ts'
import { milliseconds } from '@xerotier/protocol/duration.ts'
import type { ExecutionState } from '@xerotier/protocol/lifecycles/execution.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import type { Cli } from '../cli.ts'
import { printable } from '../output/cell.ts'
import { colourOfWord } from '../output/colours.ts'
import { relativeTime } from '../output/time.ts'
import { decisionHints } from './decision-hints.ts'
import { outputParts } from './output-parts.ts'

export interface Progress {
  /** Says the state, once for each change. */
  state(execution: Execution): Promise<void>
  /** The closing lines. @param unprinted bytes of output that are kept and were not printed */
  end(execution: ExecutionDetail, unprinted: number): void
}

export function createProgress(cli: Cli): Progress {
  let said: ExecutionState | undefined

  return {
    async state(execution) {
      const { state } = execution
      if (state === said) return
      said = state
      if (state === 'pending_approval') return waiting(execution)
      const sentence = sentences[state]
      if (sentence !== undefined) cli.say(cli.paint(sentence, 'dim'))
    },
    end(execution, unprinted) {
      const facts = [
        execution.duration_ms === null ? '' : `in ${milliseconds(execution.duration_ms)}`,
        execution.agent === null ? '' : `on ${execution.agent}`,
        execution.exit_code === null || execution.exit_code === 0 ? '' : `exit code ${execution.exit_code}`,
        execution.signal === null ? '' : `signal ${execution.signal}`,
        execution.truncated ? 'output truncated' : '',
      ].filter((fact) => fact !== '')
      const word = cli.paint(execution.state, colourOfWord[execution.state])
      cli.say(`${word}${facts.length === 0 ? '' : ` ${printable(facts.join(', '))}`} · ${execution.id}`)
      if (unprinted > 0) {
        cli.say(
          `${unprinted} more bytes of output were not shown here; all of it: ${cli.self} exec raw ${execution.id}`,
        )
      }
      const { dropped } = outputParts(execution)
      if (dropped > 0) {
        cli.say(`${dropped} bytes beyond the first ${limits.outputTotalBytes / 2 ** 20} MiB of output were not kept`)
      }
      const decision = execution.approvals.at(-1)
      if (execution.state === 'rejected' && decision !== undefined) {
        cli.say(
          printable(`by ${decision.decided_by_name ?? decision.decided_by ?? 'nobody'}: ${decision.note ?? 'no note'}`),
        )
      }
      const { resolution } = execution
      if (resolution !== null) {
        // The outcome is what a person found, which nothing else here tells from what the agent
        // reported.
        cli.say(printable(`resolved by ${resolution.by_name ?? resolution.by}: ${resolution.note}`))
      }
      if (execution.error !== null) cli.say(printable(`${execution.error.message} (${execution.error.code})`))
      if (execution.state === 'ambiguous') {
        cli.say(
          `hint: look at the target, then: ${cli.self} exec resolve ${execution.id} --outcome completed|failed --note '<what you saw>'`,
        )
      }
    },
  }

  async function waiting(execution: Execution): Promise<void> {
    if (execution.approval_id === null) return
    const { approval_id: id } = execution
    const approval = await cli
      .client()
      .call('approvals.show', { params: { id } })
      .catch((error: unknown) => {
        // The call waits whether or not this is answered just now.
        if (isPassing(error)) return undefined
        throw error
      })
    if (approval === undefined) return cli.say(`waiting for approval: ${cli.self} approvals show ${id}`)
    if (approval.state !== 'pending') return
    const expires = relativeTime(approval.expires_at, cli.clock.now())
    cli.say(`${cli.paint('waiting for approval', 'yellow')} ${approval.id} (${approval.risk}, expires ${expires})`)
    cli.say(`  ${printable(approval.prompt)}`)
    for (const line of decisionHints(cli.self, approval)) cli.say(line)
    const { frontendUrl } = cli.target()
    if (frontendUrl !== undefined) cli.say(`  dashboard: ${frontendUrl.replace(/\/$/, '')}/ops/approvals`)
  }
}

const sentences: Partial<Record<ExecutionState, string>> = {
  queued: 'queued',
  dispatched: 'sent to an agent',
  running: 'running',
}
