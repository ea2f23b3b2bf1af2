import { command } from '../../../command.ts'
import { text } from '../../../options.ts'
import { candidateRecord } from '../../../views/candidates.ts'

export const candidatesReject = command({
  name: 'reject',
  summary: 'Refuse a candidate; its agent ends',
  arguments: { candidate: 'Id' },
  offers: 'candidates',
  options: { note: text('Why, for the record', { aliases: ['reason'] }) },
  examples: ['xeroctl agents candidates reject <id>'],
  async run({ cli, args, options }) {
    const candidate = await cli.write('candidates.reject', { params: { id: args.candidate }, body: options })
    if (candidate === undefined) return
    cli.say(`${candidate.name} is refused`)
    await cli.print.record(candidateRecord, candidate)
  },
})
