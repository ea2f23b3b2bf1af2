// Chromium for tests: the host's, or unpacked from its Debian packages.
import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'
import { debianProgram } from './debian-program.ts'

/** A machine that tests on two slow cores needs a while for each step. */
export const browserPatienceMs = 120_000

const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
  '--force-color-profile=srgb',
]

export interface Chromium {
  path: string
  env: NodeJS.ProcessEnv
}

/** @returns a sentence that says why there is none */
export function chromiumForTests(): Chromium | string {
  return existsSync('/usr/lib/chromium/chromium')
    ? { path: '/usr/lib/chromium/chromium', env: {} }
    : debianProgram('chromium', { at: 'usr/lib/chromium/chromium', timeout: 240_000 })
}

export function launch(found: Chromium): Promise<Browser> {
  const env = Object.entries({ ...process.env, ...found.env }).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  )
  return chromium.launch({
    executablePath: found.path,
    args,
    env: Object.fromEntries(env),
    timeout: browserPatienceMs,
  })
}

/** @returns a sentence that says why there is none */
export async function browserForTests(): Promise<Browser | string> {
  const found = chromiumForTests()
  return typeof found === 'string' ? found : launch(found)
}
