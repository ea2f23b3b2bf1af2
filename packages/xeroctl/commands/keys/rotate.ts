import { limits } from '@xerotier/protocol/limits.ts'
import { command } from '../../command.ts'
import { printSecret, secretNotes } from '../../secret.ts'
import { keyRecord } from '../../views/keys.ts'

export const keysRotate = command({
  name: 'rotate',
  summary: `Give a key a new value; the old one works for ${limits.keyRotationGraceHours} more hours`,
  arguments: { key: 'Id' },
  offers: 'keys',
  notes: secretNotes('key'),
  examples: ['xeroctl keys <id> --rotate'],
  async run({ cli, args }) {
    const rotated = await cli.write('apiKeys.rotate', { params: { id: args.key } })
    if (rotated !== undefined)
      await printSecret(cli, rotated, keyRecord, 'Keep it safe: it is not shown again.', rotated.key)
  },
})
