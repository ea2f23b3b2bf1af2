import { ApiError } from '@xerotier/client/api-error.ts'
import type { ToolDetail } from '@xerotier/protocol/api/tools.ts'
import type { ErrorCode } from '@xerotier/protocol/errors.ts'
import type { Cli } from '../../cli.ts'

/**
 * The tool as it is offered now.
 * @throws ApiError when nobody offers it: what a submit would answer, as that names the agents of the workspace and what ails them
 */
export async function offered(cli: Cli, workspace: string, tool: string): Promise<ToolDetail> {
  try {
    return await cli.client().call('tools.show', { params: { name: tool } })
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'exec_tool_not_found' || cli.globals.dryRun) throw error
    throw (await refusal(cli, workspace, tool)) ?? error
  }
}

/** Codes that say where a tool would run and why it does not. */
const telling: readonly (string | null)[] = [
  'exec_tool_not_found',
  'tool_executor_unavailable',
  'workspace_not_found',
] satisfies ErrorCode[]

/** No record can hold NUL, so every router refuses such arguments: nothing runs, even if an agent comes just now. */
const neverTaken = { '\0': '\0' }

async function refusal(cli: Cli, workspace: string, tool: string): Promise<ApiError | undefined> {
  try {
    await cli.client().call('invocations.submit', { body: { workspace, tool, args: neverTaken } })
  } catch (error) {
    if (error instanceof ApiError && telling.includes(error.code)) return error
  }
  return undefined
}
