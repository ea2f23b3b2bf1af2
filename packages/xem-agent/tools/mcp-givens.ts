// What the process of an MCP server is given: an environment and, where it runs as another user, a
// folder of its own with a copy of the credential file.
import { tmpdir } from 'node:os'
import type { CallFolders } from '../execution/call-folders.ts'
import { environmentOf } from '../execution/environment.ts'
import type { ToolsUser } from '../execution/tools-user.ts'
import type { EnvironmentRules } from '../tool.ts'

export interface McpGivens {
  env: Record<string, string>
  /** Takes back what can be. */
  over(): Promise<void>
}

export interface GivingOptions {
  hostEnv: NodeJS.ProcessEnv
  marks: Record<string, string>
  user: ToolsUser | undefined
  folders: CallFolders
}

export type Give = (
  rules: EnvironmentRules,
  use: { credentialsFile: string | undefined; workspace: string },
) => Promise<McpGivens>

export function createGive({ hostEnv, marks, user, folders }: GivingOptions): Give {
  return async (rules, use) => {
    if (user === undefined)
      return { env: environmentOf(rules, hostEnv, { ...use, tmpDir: tmpdir(), marks }), over: async () => {} }
    const { work, credentialsFile, remove } = await folders.make(use.credentialsFile)
    return { env: environmentOf(rules, hostEnv, { ...use, credentialsFile, tmpDir: work, marks }), over: remove }
  }
}
