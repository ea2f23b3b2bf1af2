import { limits } from '@xerotier/protocol/limits.ts'
import { command } from '../../command.ts'
import { number } from '../../options.ts'
import { printSecret, secretNotes } from '../../secret.ts'
import { webhookRecord } from '../../views/webhooks.ts'

export const webhooksRotateSecret = command({
  name: 'rotate-secret',
  summary: 'Give a webhook a new secret; the old one signs as well for a while',
  arguments: { webhook: 'Id' },
  offers: 'webhooks',
  options: {
    overlapHours: number(
      `How long both sign; default ${limits.webhookSecretOverlapHours}, and 0 where the old one leaked`,
      { min: 0, max: limits.webhookSecretOverlapHoursMax, integer: false },
      { placeholder: 'hours' },
    ),
  },
  notes: secretNotes('secret'),
  examples: ['xeroctl webhooks rotate-secret <id>', 'xeroctl webhooks rotate-secret <id> --overlap-hours 0'],
  async run({ cli, args, options }) {
    const body = { overlap_hours: options.overlapHours }
    const rotated = await cli.write('webhooks.rotateSecret', { params: { id: args.webhook }, body })
    if (rotated !== undefined) {
      await printSecret(cli, rotated, webhookRecord, 'The receiver needs it; it is not shown again.', rotated.secret)
    }
  },
})
