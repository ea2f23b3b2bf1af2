// What `xeroctl help <topic>` knows besides the commands.
import { exitCodes } from './exit-codes.ts'

export const helpTopics: Readonly<Record<string, () => string>> = {
  'exit-codes': () =>
    [
      'How xeroctl ends:',
      '',
      ...Object.values(exitCodes).map(({ code, meaning }) => `  ${String(code).padStart(3)}  ${meaning}`),
      '',
      '`exec invoke` and `exec watch` follow a call to its end, also while it waits for its approval.',
      '',
    ].join('\n'),
  environment: () =>
    [
      'Which router and which key, the first that says something:',
      '',
      '  1. the flags --base-url, --api-key, --frontend-url, --context',
      '  2. XEROTIER_BASE_URL, XEROTIER_API_KEY, XEROTIER_FRONTEND_URL, XEROTIER_CONTEXT',
      '  3. xeroctl.toml, which `npm start` leaves in the folder that XEROTIER_STATE_DIR names, else in .xerotier/ of this',
      '     folder or the nearest one above',
      '  4. $XDG_CONFIG_HOME/xeroctl/config.toml, by default ~/.config/xeroctl/config.toml',
      '',
      'Both files are TOML with mode 0600: `current = "prod"` and tables `[deployment.prod]` with base_url, api_key,',
      'frontend_url and output. The key of a file goes only to the router of that file. A key on the command line shows',
      'in process lists. NODE_EXTRA_CA_CERTS names the certificates of a private authority. NO_COLOR turns colours off.',
      '',
    ].join('\n'),
}
