// Completion scripts, derived from the commands. The words are static; what only a router or the
// configuration knows is asked for by `xeroctl __offers`.
import { keysOf } from '@xerotier/protocol/table.ts'
import type { Command, Group } from '../command.ts'
import { bash } from './bash.ts'
import { entriesOf } from './entries.ts'
import { fish } from './fish.ts'
import { zsh } from './zsh.ts'

const scripts = { bash, zsh, fish }

export type Shell = keyof typeof scripts
export const shells = keysOf(scripts)

export function completionScript(shell: Shell, members: readonly (Command | Group)[]): string {
  return scripts[shell](entriesOf(members))
}
