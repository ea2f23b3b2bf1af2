import { posix } from 'node:path'
import { type Parsed, parse } from './parse.ts'
import { scripts } from './sources.ts'

export interface Import {
  from: string
  /** A path of ours, or the name of a package or a built-in module. */
  to: string
  /** Erased when the program runs. */
  typeOnly: boolean
}

export function importsOf({ path, requests }: Parsed): Import[] {
  return requests.map(({ specifier, typeOnly }) => ({ from: path, to: resolve(path, specifier), typeOnly }))
}

function resolve(from: string, specifier: string): string {
  if (specifier.startsWith('.')) return posix.join(posix.dirname(from), specifier)
  return specifier.startsWith('@xerotier/') ? specifier.replace('@xerotier/', 'packages/') : specifier
}

export const parsed: readonly Parsed[] = scripts.map(parse)
export const imports: readonly Import[] = parsed.flatMap(importsOf)

/** `router` of `packages/router/http/server.ts`; undefined for what is in no package of ours. */
export function packageOf(path: string): string | undefined {
  return /^packages\/([^/]+)\//.exec(path)?.[1]
}

/** `http` of `packages/router/http/server.ts`, `main.ts` of `packages/router/main.ts`. */
export function partOf(path: string): string {
  return path.split('/')[2] ?? ''
}
