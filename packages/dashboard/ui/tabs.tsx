import { type ReactNode, useId, useRef } from 'react'

interface Props<Name extends string> {
  label: string
  tabs: Readonly<Record<Name, string>>
  open: Name
  onOpen: (name: Name) => void
  children: ReactNode
}

/** Of one place: arrows go from tab to tab. */
export function Tabs<Name extends string>({ label, tabs, open, onOpen, children }: Props<Name>) {
  const id = useId()
  const list = useRef<HTMLDivElement>(null)
  const names = Object.keys(tabs) as Name[]
  const go = (step: number) => {
    const next = names[(names.indexOf(open) + step + names.length) % names.length]
    if (next === undefined) return
    onOpen(next)
    list.current?.querySelector<HTMLElement>(`[data-tab="${next}"]`)?.focus()
  }
  return (
    <div className="grid content-start gap-3">
      <div ref={list} role="tablist" aria-label={label} className="flex gap-1 overflow-x-auto border-b border-line">
        {names.map((name) => (
          <button
            key={name}
            type="button"
            role="tab"
            id={`${id}-${name}`}
            data-tab={name}
            aria-selected={name === open}
            aria-controls={`${id}-panel`}
            tabIndex={name === open ? 0 : -1}
            onClick={() => onOpen(name)}
            onKeyDown={({ key }) => {
              if (key === 'ArrowRight') go(1)
              else if (key === 'ArrowLeft') go(-1)
            }}
            className="-mb-px border-b-2 border-transparent px-3 py-1.5 font-medium whitespace-nowrap text-soft hover:text-ink aria-selected:border-accent aria-selected:text-accent"
          >
            {tabs[name]}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${open}`}>
        {children}
      </div>
    </div>
  )
}
