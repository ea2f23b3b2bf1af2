import { type Comment, parseSync, type StaticImport, Visitor, type VisitorObject } from 'oxc-parser'
import type { Source } from './sources.ts'

export interface Parsed extends Source {
  comments: readonly Comment[]
  /** What stands after `from` of each import and export, and in `import('…')`. */
  requests: readonly { specifier: string; typeOnly: boolean }[]
  visit(visitor: VisitorObject): void
  /** The line of an offset, counted from 1. */
  lineAt(offset: number): number
}

export function parse(source: Source): Parsed {
  const { program, module, comments, errors } = parseSync(source.path, source.text)
  if (errors[0] !== undefined) throw new Error(`${source.path}: ${errors[0].message}`)
  const starts = lineStarts(source.text)
  return {
    ...source,
    comments,
    requests: [
      ...module.staticImports.map((found) => ({ specifier: found.moduleRequest.value, typeOnly: isErased(found) })),
      ...module.staticExports.flatMap(({ entries }) =>
        entries.flatMap(({ moduleRequest, isType }) =>
          moduleRequest === null ? [] : [{ specifier: moduleRequest.value, typeOnly: isType }],
        ),
      ),
      ...module.dynamicImports.flatMap(({ moduleRequest: { start, end } }) => {
        const [, specifier] = /^['"](.*)['"]$/.exec(source.text.slice(start, end)) ?? []
        return specifier === undefined ? [] : [{ specifier, typeOnly: false }]
      }),
    ],
    visit: (visitor) => new Visitor(visitor).visit(program),
    lineAt: (offset) => starts.findLastIndex((start) => start <= offset) + 1,
  }
}

/**
 * With `verbatimModuleSyntax`, `import { type a } from`
 * stays as `import {} from`; we count it as it is meant.
 */
function isErased({ entries }: StaticImport): boolean {
  return entries.length > 0 && entries.every(({ isType }) => isType)
}

function lineStarts(text: string): number[] {
  return [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)]
}
