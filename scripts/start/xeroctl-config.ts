import { writeSecretFile } from '@xerotier/runtime/secret-file.ts'
import type { State } from './state.ts'

/** So that `npx xeroctl` in the clone needs no configuration. TOML strings are JSON strings. */
export function writeXeroctlConfig(state: State, baseUrl: string, apiKey: string): void {
  const lines = [
    '# Written by `npm start`, anew each time.',
    'current = "local"',
    '',
    '[deployment.local]',
    `base_url = ${JSON.stringify(baseUrl)}`,
    `api_key = ${JSON.stringify(apiKey)}`,
  ]
  writeSecretFile(state.xeroctl, `${lines.join('\n')}\n`)
}
