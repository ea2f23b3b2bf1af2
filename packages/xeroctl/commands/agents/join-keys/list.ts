import { command } from '../../../command.ts'
import { listOptions, readList } from '../../../list-options.ts'
import { joinKeyView } from '../../../views/join-keys.ts'

export const joinKeysList = command({
  name: 'list',
  summary: 'List join keys',
  options: listOptions,
  examples: ['xeroctl agents join-keys'],
  async run({ cli, options }) {
    await cli.print.list(joinKeyView, await readList(cli, 'joinKeys.list', {}, options))
  },
})
