// One setting of a process of ours, and the types its text can
// have. Programs declare their settings as a table of these.

export interface OptionType<T> {
  /** Stands in the help: `<url>`. */
  name: string
  /**
   * @throws Error with a sentence about the value, which must not repeat it: it may be a secret.
   */
  parse(text: string): T
}

export interface Option<T = unknown> {
  /** Names of its environment variable, best first; none: not readable from there. */
  env: readonly string[]
  type: OptionType<T>
  /** Built-in value, or how it follows from the others. */
  default?: T | ((values: Record<string, unknown>) => T)
  /**
   * Whether the process cannot start without it. A function looks at the values that were given.
   */
  required?: boolean | ((values: Record<string, unknown>) => boolean)
  /**
   * Whether it counts at all. A wrong value of one that does not is ignored: a variable may be
   * there for another program.
   */
  counts?: (values: Record<string, unknown>) => boolean
  /** Masked whenever it is shown. */
  secret?: boolean
  /** False: not read from the YAML file. */
  file?: boolean
  /** Further flags; the first is always the key with hyphens. */
  flagAliases?: readonly string[]
  help: string
}

export type OptionTable = Record<string, Option>

type Always<O> = O extends { default: unknown } ? true : O extends { required: true } ? true : false
export type Values<T extends OptionTable> = {
  readonly [K in keyof T]: T[K] extends { type: OptionType<infer V> }
    ? Always<T[K]> extends true
      ? V
      : V | undefined
    : never
}

export const text: OptionType<string> = { name: 'text', parse: (value) => value }
export const path: OptionType<string> = { name: 'path', parse: (value) => value }

export const boolean: OptionType<boolean> = {
  name: 'true|false',
  parse(value) {
    const lower = value.toLowerCase()
    if (lower === 'true' || lower === '1') return true
    if (lower === 'false' || lower === '0') return false
    throw new Error('must be true, 1, false or 0')
  },
}

export function integer(min: number, max: number): OptionType<number> {
  return {
    name: 'integer',
    parse(value) {
      const number = Number(value)
      if (!/^-?\d+$/.test(value) || number < min || number > max) {
        throw new Error(`must be a whole number from ${min} to ${max}`)
      }
      return number
    },
  }
}

export function number(min: number, max: number): OptionType<number> {
  return {
    name: 'number',
    parse(value) {
      const parsed = Number(value)
      if (value.trim() === '' || !(parsed >= min && parsed <= max)) throw new Error(`must be from ${min} to ${max}`)
      return parsed
    },
  }
}

export function choice<const T extends string>(allowed: readonly T[]): OptionType<T> {
  return {
    name: allowed.join('|'),
    parse(value) {
      const found = allowed.find((one) => one === value.toLowerCase())
      if (found === undefined) throw new Error(`must be one of ${allowed.join(', ')}`)
      return found
    },
  }
}

export function matching(name: string, pattern: RegExp, sentence: string): OptionType<string> {
  return {
    name,
    parse(value) {
      if (!pattern.test(value)) throw new Error(sentence)
      return value
    },
  }
}

/** Comma separated; `none` is the empty list. */
export const list: OptionType<readonly string[]> = {
  name: 'a,b,…',
  parse: (value) =>
    value === 'none'
      ? []
      : value
          .split(',')
          .map((part) => part.trim())
          .filter((part) => part !== ''),
}

/** An http or https URL without credentials in it; kept as written, without a trailing slash. */
export const httpUrl: OptionType<string> = {
  name: 'url',
  parse(value) {
    const url = URL.canParse(value) ? new URL(value) : undefined
    if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
      throw new Error('must be an http or https URL')
    }
    if (url.username !== '' || url.password !== '') throw new Error('must not carry a user or password')
    return value.replace(/\/+$/, '')
  },
}

/** `router_url` is `--router-url`. */
export function flagsOf(key: string, option: Option): string[] {
  return [key.replaceAll('_', '-'), ...(option.flagAliases ?? [])].map((flag) => `--${flag}`)
}
