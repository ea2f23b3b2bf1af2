import { command } from '../../command.ts'
import { editUserConfig } from '../../config/edit.ts'
import { confirm } from '../../confirm.ts'
import { UsageError } from '../../exit-codes.ts'
import { toggle } from '../../options.ts'

export const configRemove = command({
  name: 'remove',
  summary: 'Forget a context and its key',
  arguments: { name: 'Name of the context' },
  offers: 'contexts',
  options: { yes: toggle('Do not ask', { short: 'y' }) },
  async run({ cli, args, options }) {
    await confirm(cli, `Forget context '${args.name}' and its key?`, options.yes)
    const path = editUserConfig(cli, (document, deployments) => {
      if (!Object.hasOwn(deployments, args.name)) throw new UsageError(`there is no context '${args.name}'`)
      delete deployments[args.name]
      if (document.current === args.name) delete document.current
    })
    if (path !== undefined) cli.say(`context ${args.name} is gone from ${path}`)
  },
})
