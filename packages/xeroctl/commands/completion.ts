import { isOneOf } from '@xerotier/protocol/table.ts'
import { type Command, command, type Group } from '../command.ts'
import { completionScript, shells } from '../completion/script.ts'
import { UsageError } from '../exit-codes.ts'

/** `members` answers all commands, this one among them. */
export const completionOf = (members: () => readonly (Command | Group)[]) =>
  command({
    name: 'completion',
    summary: 'Print the completion script of a shell',
    arguments: { shell: shells.join(', ') },
    offers: shells,
    examples: ['source <(xeroctl completion bash)', 'xeroctl completion fish | source'],
    async run({ cli, args }) {
      const { shell } = args
      if (!isOneOf(shells, shell)) throw new UsageError(`no completion for '${shell}': one of ${shells.join(', ')}`)
      await cli.print.text(completionScript(shell, members()))
    },
  })
