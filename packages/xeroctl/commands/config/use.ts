import { command } from '../../command.ts'
import { editUserConfig } from '../../config/edit.ts'
import { UsageError } from '../../exit-codes.ts'

export const configUse = command({
  name: 'use',
  summary: 'Make a context the current one',
  arguments: { name: 'Name of the context' },
  offers: 'contexts',
  async run({ cli, args }) {
    const path = editUserConfig(cli, (document, deployments) => {
      if (!Object.hasOwn(deployments, args.name)) {
        throw new UsageError(
          `there is no context '${args.name}'`,
          `Known: ${Object.keys(deployments).join(', ') || 'none'}.`,
        )
      }
      document.current = args.name
    })
    if (path !== undefined) cli.say(`context ${args.name} is the current one in ${path}`)
  },
})
