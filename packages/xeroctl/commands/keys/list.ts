import { command } from '../../command.ts'
import { listOptions, readList } from '../../list-options.ts'
import { keyView } from '../../views/keys.ts'

export const keysList = command({
  name: 'list',
  summary: 'List API keys',
  options: listOptions,
  examples: ['xeroctl keys'],
  async run({ cli, options }) {
    await cli.print.list(keyView, await readList(cli, 'apiKeys.list', {}, options))
  },
})
