import { command } from '../../../command.ts'
import { candidateRecord } from '../../../views/candidates.ts'

export const candidatesShow = command({
  name: 'show',
  summary: 'Show a candidate',
  arguments: { candidate: 'Id' },
  offers: 'candidates',
  async run({ cli, args }) {
    await cli.print.record(
      candidateRecord,
      await cli.client().call('candidates.show', { params: { id: args.candidate } }),
    )
  },
})
