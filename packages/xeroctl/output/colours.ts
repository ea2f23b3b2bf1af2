// Colours only where a person reads: a terminal, without NO_COLOR (https://no-color.org) and
// --no-color.
import { reviewedLines } from '@xerotier/protocol/reviewed.ts'

const codes = { red: 31, green: 32, yellow: 33, blue: 34, cyan: 36, dim: 2, bold: 1 } as const
export type Colour = keyof typeof codes

export type Paint = (text: string, colour: Colour | undefined) => string

/** What `ansi` puts around a text. */
const painted = new RegExp(`(\\x1b\\[(?:0|${Object.values(codes).join('|')})m)`)

/** What others wrote in a line for a person, with the codes of what deceives, and our colours. */
export function reviewedLine(line: string): string {
  return line
    .split(painted)
    .map((part, at) => (at % 2 === 1 ? part : reviewedLines(part)))
    .join('')
}

const plain: Paint = (text) => text
const ansi: Paint = (text, colour) =>
  colour === undefined || text === '' ? text : `\x1b[${codes[colour]}m${text}\x1b[0m`

export function paintFor(
  stream: { isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
  noColour: boolean,
): Paint {
  const refused = noColour || (env.NO_COLOR ?? '') !== '' || env.TERM === 'dumb'
  return stream.isTTY === true && !refused ? ansi : plain
}

/** What a state or a risk looks like. */
export const colourOfWord: Readonly<Record<string, Colour>> = {
  healthy: 'green',
  completed: 'green',
  approved: 'green',
  delivered: 'green',
  open: 'yellow',
  used: 'green',
  running: 'blue',
  dispatched: 'blue',
  queued: 'blue',
  requested: 'blue',
  acknowledged: 'blue',
  pending: 'yellow',
  pending_approval: 'yellow',
  paused: 'yellow',
  draining: 'yellow',
  degraded: 'yellow',
  destructive: 'yellow',
  failed: 'red',
  timeout: 'red',
  ambiguous: 'red',
  rejected: 'red',
  expired: 'dim',
  cancelled: 'dim',
  closed: 'dim',
  voided: 'red',
  exhausted: 'red',
  rolled_back: 'red',
  offline: 'red',
  unhealthy: 'red',
  suspended: 'red',
  irreversible: 'red',
  revoked: 'dim',
  consumed: 'dim',
}
