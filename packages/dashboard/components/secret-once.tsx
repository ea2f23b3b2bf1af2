import type { ReactNode } from 'react'
import { Button } from '../ui/button.tsx'
import { Copy } from '../ui/copy.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { words } from '../words/en.ts'

interface Props {
  title: string
  value: string
  hint: string
  close: () => void
  children?: ReactNode
}

/** It is in no cache and in no address: gone when this is closed. */
export function SecretOnce({ title, value, hint, close, children }: Props) {
  return (
    <Dialog title={title} closeLabel={words.close} onClose={close} wide>
      <div className="grid gap-4">
        <div className="flex items-start gap-1 rounded-lg border border-line bg-code py-2 pr-1 pl-3">
          <code className="min-w-0 flex-1 text-[12.5px] break-all">{value}</code>
          <Copy text={value} label={words.copyOf(title)} done={words.copied} />
        </div>
        <p className="text-soft">{hint}</p>
        {children}
        <Button look="primary" large onClick={close}>
          {words.agents.done}
        </Button>
      </div>
    </Dialog>
  )
}
