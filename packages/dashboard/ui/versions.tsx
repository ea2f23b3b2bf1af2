// Versions of something, newest first: which is which, what another says, and the way back to it.
import type { ReactNode } from 'react'
import { Button } from './button.tsx'

export interface Version {
  version: number
  /** Number, state. */
  title: ReactNode
  /** Who, when, why. */
  told: ReactNode
  isCurrent: boolean
}

interface Props {
  label: string
  versions: readonly Version[]
  /** The one that is compared. */
  compared: number | undefined
  onCompare: (version: number | undefined) => void
  onRestore: (version: number) => void
  words: { compare(version: number): string; restore(version: number): string }
  /** What differs in the one that is compared. */
  children: ReactNode
}

export function Versions({ label, versions, compared, onCompare, onRestore, words, children }: Props) {
  return (
    <ol aria-label={label} className="divide-y divide-line">
      {versions.map(({ version, title, told, isCurrent }) => (
        <li key={version} className="grid gap-1.5 py-2.5">
          <div className="flex flex-wrap items-center gap-2">
            <span className="flex min-w-0 flex-1 flex-wrap items-center gap-2">{title}</span>
            {!isCurrent && (
              <>
                <Button
                  look="quiet"
                  className="!min-h-7 !px-2"
                  aria-expanded={compared === version}
                  onClick={() => onCompare(compared === version ? undefined : version)}
                >
                  {words.compare(version)}
                </Button>
                <Button look="quiet" className="!min-h-7 !px-2" onClick={() => onRestore(version)}>
                  {words.restore(version)}
                </Button>
              </>
            )}
          </div>
          <p className="text-[12.5px] text-soft">{told}</p>
          {compared === version && children}
        </li>
      ))}
    </ol>
  )
}
