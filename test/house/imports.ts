import { posix } from 'node:path'
import { type Source, scripts } from './sources.ts'

export interface Import {
  from: string
  /** A path of ours, or the name of a package or a built-in module. */
  to: string
  /** Erased when the program runs. */
  typeOnly: boolean
}

const statement =
  /^\s*(?:import|export)\s+(type\s)?[^'"()]*?from\s+'([^']+)'|^\s*import\s+'([^']+)'|\bimport\('([^']+)'\)/gm

function importsOf({ path, text }: Source): Import[] {
  return [...text.matchAll(statement)].map((match) => ({
    from: path,
    to: resolve(path, (match[2] ?? match[3] ?? match[4])!),
    typeOnly: match[1] !== undefined,
  }))
}

function resolve(from: string, specifier: string): string {
  if (specifier.startsWith('.')) return posix.join(posix.dirname(from), specifier)
  return specifier.startsWith('@xerotier/') ? specifier.replace('@xerotier/', 'packages/') : specifier
}

export const imports: readonly Import[] = scripts.flatMap(importsOf)

/** `router` of `packages/router/http/server.ts`; undefined for what is in no package of ours. */
export function packageOf(path: string): string | undefined {
  return /^packages\/([^/]+)\//.exec(path)?.[1]
}

/** `http` of `packages/router/http/server.ts`, `main.ts` of `packages/router/main.ts`. */
export function partOf(path: string): string {
  return path.split('/')[2] ?? ''
}
