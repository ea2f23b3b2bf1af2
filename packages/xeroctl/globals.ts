// Options that every command takes, before or after its name.

import { outputFormat, text, toggle, type Values } from './options.ts'

export const globalOptions = {
  context: text('Deployment of the configuration to use', { placeholder: 'name', live: 'contexts' }),
  baseUrl: text('Base URL of the project, ends in /<project>/v1', { placeholder: 'url' }),
  apiKey: text(
    'API key; visible to others on this host in the process list, so prefer XEROTIER_API_KEY or the configuration',
    { placeholder: 'key' },
  ),
  frontendUrl: text('URL of the dashboard, for links', { placeholder: 'url' }),
  output: outputFormat('How to print', { short: 'o' }),
  jq: text('Print what this jq filter makes of the JSON', { placeholder: 'filter' }),
  dryRun: toggle('Print the request that a write would send, and send nothing'),
  noColor: toggle('No colours (as NO_COLOR=1)'),
}

export type Globals = Values<typeof globalOptions>
