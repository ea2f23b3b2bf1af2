import { type ReactNode, useEffect, useId, useRef } from 'react'

interface Props {
  title: ReactNode
  children: ReactNode
  onClose: () => void
  closeLabel: string
  wide?: boolean
}

/** The browser's own: what is behind it is inert, Escape closes it, and focus goes back. */
export function Dialog({ title, children, onClose, closeLabel, wide = false }: Props) {
  const dialog = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  useEffect(() => {
    const { current } = dialog
    const before = document.activeElement
    if (current !== null && !current.open) current.showModal()
    return () => {
      current?.close()
      if (before instanceof HTMLElement && before.isConnected) before.focus()
    }
  }, [])
  return (
    <dialog
      ref={dialog}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      className={`card max-h-[92dvh] w-[calc(100vw-24px)] overflow-auto p-0 shadow-xl ${wide ? 'max-w-[1100px]' : 'max-w-[560px]'}`}
    >
      <div className="sticky top-0 z-10 flex items-center gap-3 border-b border-line bg-card px-5 py-3">
        <h1 id={titleId} className="min-w-0 flex-1 !text-[16px] break-words">
          {title}
        </h1>
        <button
          type="button"
          onClick={onClose}
          aria-label={closeLabel}
          className="size-8 rounded-lg text-soft hover:bg-raised"
        >
          ✕
        </button>
      </div>
      <div className="p-5">{children}</div>
    </dialog>
  )
}
