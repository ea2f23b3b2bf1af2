// What `xeroctl help <topic>` knows besides the commands.
import { exitCodes } from '../exit-codes.ts'
import { wrap, wrapText } from '../output/wrap.ts'

/** Each for as many columns. */
export const helpTopics: Readonly<Record<string, (width: number) => string>> = {
  'exit-codes': (width) =>
    paragraphs(
      'How xeroctl ends:',
      Object.values(exitCodes)
        .map(({ code, meaning }) => item(String(code).padStart(3), meaning, width))
        .join('\n'),
      wrapText('`exec invoke` and `exec watch` follow a call to its end, also while it waits for its approval.', width),
    ),
  output: (width) =>
    paragraphs(
      wrapText('What -o (--output) takes, on stdout; remarks for people go to stderr:', width),
      formatsExplained.map(([format, what]) => item(format.padEnd(10), what, width)).join('\n'),
      wrapText(pickingOut, width),
    ),
  environment: (width) =>
    paragraphs(
      wrapText('Which router and which key, the first that says something:', width),
      sources.map((source, index) => item(`${index + 1}.`, source, width)).join('\n'),
      wrapText(files, width),
    ),
}

const formatsExplained: readonly (readonly [format: string, what: string])[] = [
  [
    'table',
    'For people, as wide as the terminal: what is too wide gets short forms, and loses what matters least. A short id, the beginning of one, is taken wherever an id is.',
  ],
  ['wide', 'All columns, times in full.'],
  ['json, yaml', 'The record as the router has it; of a list the page: its items are in `data`.'],
  ['ndjson', 'One item or event a line.'],
  ['name', 'What other commands take: names, and ids where there are none.'],
]

const pickingOut = [
  '-o jsonpath=\'{range .data[*]}{.name}{"\\n"}{end}\' is a template as kubectl has them: text, paths in braces, quoted text, ranges, filters such as {.data[?(@.health=="offline")].name}.',
  "--jq '.data[].name' is a filter of jq, as gh has it: texts are printed as they are, everything else as JSON on a line. With -o ndjson it sees each item by itself.",
  'What is piped is never cut, and colours are for terminals only.',
].join('\n\n')

const sources = [
  'the flags --base-url, --api-key, --frontend-url, --context',
  'XEROTIER_BASE_URL, XEROTIER_API_KEY, XEROTIER_FRONTEND_URL, XEROTIER_CONTEXT',
  'xeroctl.toml, which `npm start` leaves in the folder that XEROTIER_STATE_DIR names, else in .xerotier/ of this folder or the nearest one above',
  '$XDG_CONFIG_HOME/xeroctl/config.toml, by default ~/.config/xeroctl/config.toml',
]

const files = [
  'Both files are TOML with mode 0600: `current = "prod"` and tables `[deployment.prod]` with base_url, api_key, frontend_url and output.',
  'The key of a file goes only to the router of that file. A key on the command line shows in process lists.',
  'NODE_EXTRA_CA_CERTS names the certificates of a private authority, SSL_CERT_FILE all that are trusted. HTTPS_PROXY and NO_PROXY say what goes through a proxy.',
  'NO_COLOR turns colours off. COLUMNS stands for the width of the terminal.',
].join('\n')

function item(mark: string, text: string, width: number): string {
  const [first, ...rest] = wrap(text, width - mark.length - 4)
  const below = ' '.repeat(mark.length + 4)
  return [`  ${mark}  ${first}`, ...rest.map((line) => `${below}${line}`)].join('\n')
}

function paragraphs(...parts: string[]): string {
  return `${parts.join('\n\n')}\n`
}
