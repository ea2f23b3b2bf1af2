import { command } from '../../command.ts'
import { UsageError } from '../../exit-codes.ts'
import { number, toggle } from '../../options.ts'
import { keyRecord } from '../../views/keys.ts'

export const keysQuota = command({
  name: 'quota',
  summary: 'Replace how many requests a key may make',
  arguments: { key: 'Id' },
  offers: 'keys',
  options: {
    quotaRequests: number('Requests in a window', { min: 1, max: 1_000_000_000 }),
    quotaWindow: number('Length of the window', { min: 1, max: 86_400 }, { placeholder: 'seconds' }),
    clear: toggle('Remove the quota'),
  },
  examples: ['xeroctl keys <id> --quota --quota-requests 600 --quota-window 60'],
  async run({ cli, args, options: { quotaRequests, quotaWindow, clear } }) {
    const body =
      quotaRequests === undefined || quotaWindow === undefined
        ? null
        : { requests: quotaRequests, window_seconds: quotaWindow }
    if (clear ? quotaRequests !== undefined || quotaWindow !== undefined : body === null) {
      throw new UsageError('give --quota-requests and --quota-window, or else --clear')
    }
    const key = await cli.write('apiKeys.quota', { params: { id: args.key }, body })
    if (key !== undefined) await cli.print.record(keyRecord, key)
  },
})
