// Something that is done to something: what it is and what follows is said before, and the line
// that does the same in a terminal stands below.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { words } from '../words/en.ts'
import { Refused } from './asked.tsx'
import { CommandLine } from './texts.tsx'

interface Props {
  title: string
  /** What follows. */
  effect: string
  /** On the button: names what it does, and to what. */
  doIt: string
  look?: 'primary' | 'danger'
  /** Until what has to be typed is there. */
  disabled?: boolean
  line: string
  act: () => Promise<unknown>
  /** Names of what was asked for that is another then. */
  stale: readonly string[]
  /** Once it is done, and when it is not to be. */
  close: () => void
  /** When it is not to be, where that is something else. */
  dismiss?: () => void
  /** Fields. */
  children?: ReactNode
}

export function Act({
  title,
  effect,
  doIt,
  look = 'primary',
  disabled = false,
  line,
  act,
  stale,
  close,
  dismiss,
  children,
}: Props) {
  const queries = useQueryClient()
  const acting = useMutation({
    mutationFn: act,
    onSuccess: async () => {
      await Promise.all(stale.map((key) => queries.invalidateQueries({ queryKey: [key] })))
      close()
    },
  })
  return (
    <Dialog title={title} closeLabel={words.close} onClose={dismiss ?? close}>
      <form
        className="grid gap-4 text-left"
        onSubmit={(event) => {
          event.preventDefault()
          acting.mutate()
        }}
      >
        <p className="text-soft">{effect}</p>
        {children}
        <Refused error={acting.error} />
        <Button type="submit" look={look} large disabled={disabled || acting.isPending}>
          {doIt}
        </Button>
        <CommandLine line={line} />
      </form>
    </Dialog>
  )
}
