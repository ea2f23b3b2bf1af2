import { command } from '../command.ts'
import { completionScript, type Shell, shells } from '../completion.ts'
import { UsageError } from '../exit-codes.ts'

export const completion = command({
  name: 'completion',
  summary: 'Print the completion script of a shell',
  arguments: { shell: shells.join(', ') },
  examples: ['source <(xeroctl completion bash)', 'xeroctl completion fish | source'],
  async run({ cli, args }) {
    if (!shells.includes(args.shell as Shell))
      throw new UsageError(`no completion for '${args.shell}': one of ${shells.join(', ')}`)
    // Only now: the list of commands holds this command too.
    const { commands } = await import('../commands.ts')
    await cli.print.text(completionScript(args.shell as Shell, commands))
  },
})
