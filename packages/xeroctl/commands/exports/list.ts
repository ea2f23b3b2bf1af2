import { command } from '../../command.ts'
import { listOptions, readList } from '../../list-options.ts'
import { someOf } from '../../options.ts'
import { exportView } from '../../views/exports.ts'
import { vocabulary } from '../../vocabulary.data.ts'

export const exportsList = command({
  name: 'list',
  summary: 'List exports, newest first',
  options: { state: someOf('Only these', vocabulary.exportStates, { aliases: ['status'] }), ...listOptions },
  examples: ['xeroctl exports list --state completed'],
  async run({ cli, options: { state, ...page } }) {
    const query = state.length === 0 ? {} : { state: state.join(',') }
    await cli.print.list(exportView, await readList(cli, 'exports.list', { query }, page))
  },
})
