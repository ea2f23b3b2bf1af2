import { parseBaseUrl } from '@xerotier/client/address.ts'
import { messageOf } from '@xerotier/protocol/thrown.ts'
import { command } from '../../command.ts'
import { checkedApiKey } from '../../config/api-key.ts'
import { checkDeploymentName, editUserConfig } from '../../config/edit.ts'
import { ask } from '../../confirm.ts'
import { UsageError } from '../../exit-codes.ts'
import { oneOf, required, text, toggle } from '../../options.ts'
import { formats } from '../../output/format.ts'
import { textOfStdin } from '../../text.ts'

export const configAdd = command({
  name: 'add',
  summary: 'Add or replace a deployment in the configuration of the user',
  arguments: { name: 'Name of the context' },
  options: {
    baseUrl: required(text('Base URL of the project, ends in /<project>/v1', { placeholder: 'url' })),
    apiKey: text('API key; visible in the process list, so rather leave it out and be asked', { placeholder: 'key' }),
    apiKeyStdin: toggle('Read the API key from stdin'),
    frontendUrl: text('URL of the dashboard', { placeholder: 'url' }),
    defaultOutput: oneOf('How to print unless -o says otherwise', formats),
    use: toggle('Make it the current one'),
  },
  examples: ['xeroctl config add prod --base-url https://router.example/acme-prod/v1 --api-key-stdin < key.txt'],
  async run({ cli, args, options }) {
    checkDeploymentName(args.name)
    checkBaseUrl(options.baseUrl)
    let given = options.apiKeyStdin ? await textOfStdin(cli.surroundings.stdin) : options.apiKey
    if (given === undefined && cli.surroundings.stdin.isTTY === true) given = await ask(cli, 'API key: ', true)
    const source = options.apiKeyStdin ? 'stdin' : options.apiKey === undefined ? 'the terminal' : '--api-key'
    const apiKey = checkedApiKey(given ?? '', source)
    if (apiKey === '') throw new UsageError('an API key is needed: --api-key-stdin or --api-key')
    const path = editUserConfig(cli, (document, deployments) => {
      deployments[args.name] = {
        base_url: options.baseUrl,
        api_key: apiKey,
        ...(options.frontendUrl === undefined ? {} : { frontend_url: options.frontendUrl }),
        ...(options.defaultOutput === undefined ? {} : { output: options.defaultOutput }),
      }
      if (options.use || document.current === undefined) document.current = args.name
    })
    if (path !== undefined) cli.say(`context ${args.name} is in ${path}`)
  },
})

/** @throws UsageError */
export function checkBaseUrl(baseUrl: string): void {
  try {
    parseBaseUrl(baseUrl)
  } catch (error) {
    throw new UsageError(messageOf(error))
  }
}
