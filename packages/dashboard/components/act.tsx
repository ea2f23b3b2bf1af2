// Something that is done to something: what it is and what follows is said before, and the line
// that does the same in a terminal stands below.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { TextField } from '../ui/text-field.tsx'
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
  /** What is about to be gone, or stays for ever: its name is typed first. */
  typed?: string | undefined
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
  typed,
  line,
  act,
  stale,
  close,
  dismiss,
  children,
}: Props) {
  const queries = useQueryClient()
  const [written, setWritten] = useState('')
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
        {typed !== undefined && (
          <TextField
            label={words.typed(typed)}
            className="font-mono"
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            value={written}
            onText={setWritten}
          />
        )}
        <Refused error={acting.error} />
        <Button
          type="submit"
          look={look}
          large
          disabled={(typed !== undefined && written.trim() !== typed) || acting.isPending}
        >
          {doIt}
        </Button>
        <CommandLine line={line} />
      </form>
    </Dialog>
  )
}
