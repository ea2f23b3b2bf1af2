import type { ReactNode } from 'react'
import type { Change } from './differences.ts'

/** What was, struck out, and what is. */
export function Changes({ changes, shown }: { changes: readonly Change[]; shown: (text: string) => ReactNode }) {
  return (
    <dl className="grid grid-cols-[max-content_minmax(0,1fr)] gap-x-4 gap-y-1 text-[12.5px] max-sm:grid-cols-1">
      {changes.map(({ name, before, after }) => (
        <div key={name} className="contents">
          <dt className="max-w-60 font-mono break-all">{shown(name)}</dt>
          <dd className="min-w-0 break-words">
            {before !== undefined && (
              <del className="mr-2 rounded bg-bad-soft px-1 font-mono text-bad">{shown(before)}</del>
            )}
            {after !== undefined && (
              <ins className="rounded bg-good-soft px-1 font-mono text-good no-underline">{shown(after)}</ins>
            )}
          </dd>
        </div>
      ))}
    </dl>
  )
}
