import { command } from '../../command.ts'
import { checkedApiKey } from '../../config/api-key.ts'
import { checkDeploymentName, editUserConfig } from '../../config/edit.ts'
import { ask } from '../../confirm.ts'
import { UsageError } from '../../exit-codes.ts'
import { checkBaseUrl } from './add.ts'

export const configInit = command({
  name: 'init',
  summary: 'Ask for a router and an API key, and remember them',
  async run({ cli }) {
    if (cli.surroundings.stdin.isTTY !== true) {
      throw new UsageError(
        '`config init` asks questions, and nobody can answer here',
        'Use `xeroctl config add <name> --base-url <url> --api-key-stdin`.',
      )
    }
    const name = (await ask(cli, 'Name of this deployment [default]: ')).trim() || 'default'
    checkDeploymentName(name)
    const baseUrl = (await ask(cli, 'Base URL (https://<router>/<project>/v1): ')).trim()
    checkBaseUrl(baseUrl)
    const apiKey = checkedApiKey(await ask(cli, 'API key (does not show): ', true), 'the terminal')
    if (apiKey === '') throw new UsageError('an API key is needed')
    const frontendUrl = (await ask(cli, 'URL of the dashboard [none]: ')).trim()
    const path = editUserConfig(cli, (document, deployments) => {
      deployments[name] = {
        base_url: baseUrl,
        api_key: apiKey,
        ...(frontendUrl === '' ? {} : { frontend_url: frontendUrl }),
      }
      document.current = name
    })
    if (path !== undefined) cli.say(`context ${name} is in ${path} and in use; check it with: ${cli.program} status`)
  },
})
