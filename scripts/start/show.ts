// What `npm start` prints. Secrets are never among it: logs of CI systems are read by many.
import { apiKeyPattern } from '@xerotier/protocol/ids.ts'

const bold = (text: string) => (process.stdout.isTTY && !process.env.NO_COLOR ? `\u001b[1m${text}\u001b[22m` : text)

export function say(text = ''): void {
  process.stdout.write(`${text}\n`)
}

export function heading(text: string): void {
  say(`\n${bold(text)}`)
}

/** One step of the start: its name at once, what became of it behind that. */
export async function step<T>(name: string, work: () => Promise<T>, outcome: (value: T) => string): Promise<T> {
  process.stdout.write(`  ${name} ... `)
  const from = performance.now()
  try {
    const value = await work()
    say(`${outcome(value)} (${((performance.now() - from) / 1000).toFixed(1)} s)`)
    return value
  } catch (error) {
    say('failed')
    throw error
  }
}

/** What one may see of a key: its prefix and a few characters, to know it by. */
export function keyPrefix(apiKey: string): string {
  const [, slug, random = ''] = apiKeyPattern.exec(apiKey) ?? []
  return slug === undefined ? 'xero_' : `xero_${slug}_${random.slice(0, 4)}`
}
