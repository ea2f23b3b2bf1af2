import { command } from '../../command.ts'
import { keyPrefix } from '../../dry-run.ts'

const show = (name: string, summary: string) =>
  command({
    name,
    summary,
    async run({ cli }) {
      const target = cli.target()
      const key = target.apiKey === undefined ? null : keyPrefix(target.apiKey)
      const value = {
        context: target.context ?? null,
        base_url: target.baseUrl,
        base_url_from: target.sources.baseUrl,
        api_key: key,
        api_key_from: target.sources.apiKey ?? null,
        frontend_url: target.frontendUrl ?? null,
        output: target.output ?? 'table',
      }
      await cli.print.detail(value, {
        fields: [
          ['Context', value.context],
          ['Base URL', `${value.base_url}, from ${value.base_url_from}`],
          ['API key', key === null ? null : `${key}, from ${value.api_key_from}`],
          ['Dashboard', value.frontend_url],
          ['Output', value.output],
        ],
      })
      if (target.withheldKey !== undefined) cli.say(target.withheldKey)
    },
  })

export const configShow = show('show', 'Show what is in use, where each value comes from, the key masked')
export const configCurrent = show('current', 'The same as show')
