// What Tab offers that only the router knows: `xeroctl __offers <kind> <words of the line…>` prints
// a value a line, with a tab and what it is behind it. It is quick or says nothing, and never
// fails.
import { spawn } from 'node:child_process'
import { createClient } from '@xerotier/client/client.ts'
import { configFiles, resolveTarget, type Target } from '../config/target.ts'
import type { Globals } from '../globals.ts'
import { printable } from '../output/cell.ts'
import type { Surroundings } from '../surroundings.ts'
import { type LiveKind, liveKinds, type Offered } from './live-kinds.ts'
import { readOffers, writeOffers } from './offers-cache.ts'

/** What a person waits for after Tab, without the start of the process. */
const patienceMs = 80
/** What was read so lately is offered again. */
const freshMs = 10_000
/** Of a router that is slower than a person's patience. */
const refreshMs = 5_000

export async function printOffers(surroundings: Surroundings, refresh: Refresh = refreshBehind): Promise<void> {
  const [, kind, ...words] = surroundings.argv
  try {
    const lines = await offersOf(surroundings, kind as LiveKind, words, refresh)
    surroundings.stdout.write(lines.map(({ value, about }) => `${printable(value)}\t${printable(about)}\n`).join(''))
  } catch {
    // No router, no key, no configuration: nothing to offer, and nowhere to say so.
  }
}

async function offersOf(
  surroundings: Surroundings,
  kind: LiveKind,
  words: readonly string[],
  refresh: Refresh,
): Promise<readonly Offered[]> {
  if (kind === 'contexts') return contexts(surroundings)
  if (!Object.hasOwn(liveKinds, kind)) return []
  const target = resolveTarget(surroundings, globalsIn(words))
  const cache = { env: surroundings.env, home: surroundings.home, kind, target }
  const known = readOffers(cache)
  const now = surroundings.now()
  if (known !== undefined && now >= known.at && now - known.at < freshMs) return known.offers
  const asked = surroundings.env.XEROCTL_OFFERS_WAIT_MS
  const offers = await ask(surroundings, kind, target, asked === undefined ? patienceMs : Number(asked))
  if (offers !== undefined) {
    writeOffers(cache, { at: now, offers })
    return offers
  }
  if (asked === undefined) refresh(surroundings)
  return known?.offers ?? []
}

/** Undefined when nothing came in time. */
async function ask(
  surroundings: Surroundings,
  kind: Exclude<LiveKind, 'contexts'>,
  { baseUrl, apiKey }: Target,
  waitMs: number,
): Promise<Offered[] | undefined> {
  const retry = { retries: 0, longestWaitMs: 0 }
  const client = createClient({ baseUrl, apiKey, surroundings, timeoutMs: waitMs, retry })
  return liveKinds[kind](client).catch(() => undefined)
}

type Refresh = (surroundings: Surroundings) => void

/** Another process asks with more patience, for the next Tab. */
function refreshBehind({ argv, env }: Surroundings): void {
  const [, script] = process.argv
  if (script === undefined) return
  const patient = { ...env, XEROCTL_OFFERS_WAIT_MS: String(refreshMs) }
  spawn(process.execPath, [script, ...argv], { detached: true, stdio: 'ignore', env: patient }).unref()
}

function contexts(surroundings: Surroundings): Offered[] {
  return configFiles(surroundings).flatMap((file) =>
    [...file.deployments].map(([value, { baseUrl }]) => ({ value, about: baseUrl })),
  )
}

/**
 * The options that say which router; the line is not finished, so that nothing can be wrong with
 * it.
 */
function globalsIn(words: readonly string[]): Globals {
  const given = (flag: string) => {
    const joined = words.findLast((word) => word.startsWith(`${flag}=`))
    const at = words.lastIndexOf(flag)
    return joined?.slice(flag.length + 1) ?? (at >= 0 ? words[at + 1] : undefined)
  }
  return {
    context: given('--context'),
    baseUrl: given('--base-url'),
    apiKey: given('--api-key'),
    frontendUrl: undefined,
    output: undefined,
    jq: undefined,
    dryRun: false,
    noColor: true,
  }
}
