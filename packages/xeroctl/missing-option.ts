import { UsageError } from './exit-codes.ts'
import { flagOf, type Options } from './options.ts'

/**
 * All that is missing at once.
 * @param usage how the command is called
 * @param stray words that nothing takes
 */
export function missingOption(
  options: Options,
  isGiven: (key: string) => boolean,
  usage?: string,
  stray: readonly string[] = [],
): UsageError | undefined {
  const missing = Object.entries(options).filter(([key, option]) => option.required === true && !isGiven(key))
  const [first] = missing
  if (first === undefined) return undefined
  const flags = missing.map(([key]) => flagOf(key))
  const sentence = `${flags.join(' and ')} ${flags.length === 1 ? 'is' : 'are'} required`
  if (stray.length > 0) {
    const meant = flags.map((flag, index) => `${flag} ${stray[index] ?? '…'}`).join(' ')
    return new UsageError(`${sentence}, and nothing takes '${stray.join(' ')}'`, `Did you mean \`${meant}\`?`)
  }
  const { choices } = first[1]
  return new UsageError(
    sentence,
    missing.length === 1 && choices !== undefined ? `It takes ${choices.join(', ')}.` : usage && `Usage: ${usage}`,
  )
}
