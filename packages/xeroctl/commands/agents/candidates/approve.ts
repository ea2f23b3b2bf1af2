import { command } from '../../../command.ts'
import { text } from '../../../options.ts'
import { candidateRecord } from '../../../views/candidates.ts'

export const candidatesApprove = command({
  name: 'approve',
  summary: 'Let a candidate enroll; compare its key id with the log of its agent first',
  arguments: { candidate: 'Id' },
  offers: 'candidates',
  options: { note: text('Why, for the record', { aliases: ['reason'] }) },
  examples: ['xeroctl agents candidates approve <id>'],
  async run({ cli, args, options }) {
    const candidate = await cli.write('candidates.approve', { params: { id: args.candidate }, body: options })
    if (candidate === undefined) return
    cli.say(`${candidate.name} enrolls when it asks again, within seconds`)
    await cli.print.record(candidateRecord, candidate)
  },
})
