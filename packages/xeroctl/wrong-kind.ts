// Executions and approvals have ids of one form, and a call that waits shows both: who takes one
// for the other is told so.
import { ApiError } from '@xerotier/client/api-error.ts'
import type { Cli } from './cli.ts'
import { HintedError } from './hinted-error.ts'

/** @throws HintedError in place of approval_not_found where the id is that of an execution */
export function ofApproval<T>(cli: Cli, id: string, answer: Promise<T>): Promise<T> {
  return explained(answer, 'approval_not_found', async () => {
    const { approval_id } = await cli.client().call('executions.show', { params: { id } })
    const its =
      approval_id === null ? 'It has no approval' : `Its approval: \`${cli.self} approvals show ${approval_id}\``
    return `This is an execution: \`${cli.self} exec show ${id}\`. ${its}.`
  })
}

/** @throws HintedError in place of execution_not_found where the id is that of an approval */
export function ofExecution<T>(cli: Cli, id: string, answer: Promise<T>): Promise<T> {
  return explained(answer, 'execution_not_found', async () => {
    const { execution_id } = await cli.client().call('approvals.show', { params: { id } })
    return `This is an approval: \`${cli.self} approvals show ${id}\`. Its execution: \`${cli.self} exec show ${execution_id}\`.`
  })
}

async function explained<T>(answer: Promise<T>, code: string, hintOfOther: () => Promise<string>): Promise<T> {
  try {
    return await answer
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== code) throw error
    // Whatever goes wrong here, the first error is the answer.
    const hint = await hintOfOther().catch(() => undefined)
    throw hint === undefined ? error : new HintedError(error, hint)
  }
}
