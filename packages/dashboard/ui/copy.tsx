import { type ReactNode, useEffect, useState } from 'react'
import { Button } from './button.tsx'

function useCopy(): [copied: boolean, copy: (text: string) => Promise<void>] {
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), 1500)
    return () => clearTimeout(timer)
  }, [copied])
  const copy = async (text: string) => {
    await navigator.clipboard?.writeText(text)
    setCopied(true)
  }
  return [copied, copy]
}

/** The same with words on it. */
export function CopyButton({ text, done, children }: { text: () => string; done: string; children: ReactNode }) {
  const [copied, copy] = useCopy()
  return (
    <Button look="quiet" onClick={() => void copy(text())}>
      <span role="status">{copied ? done : children}</span>
    </Button>
  )
}

/** Puts a text on the clipboard, and says so. */
export function Copy({
  text,
  label,
  done,
  className = '',
}: {
  text: string
  label: string
  done: string
  className?: string
}) {
  const [copied, put] = useCopy()
  const copy = async (event: { preventDefault(): void; stopPropagation(): void }) => {
    event.preventDefault()
    event.stopPropagation()
    await put(text)
  }
  return (
    <button
      type="button"
      onClick={copy}
      aria-label={label}
      title={copied ? done : label}
      className={`relative inline-grid size-6 shrink-0 place-items-center rounded text-soft hover:bg-raised hover:text-ink ${className}`}
    >
      <svg
        viewBox="0 0 16 16"
        className="size-3.5"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        aria-hidden="true"
      >
        {copied ? <path d="M3 8.5l3.2 3.2L13 4.5" /> : <path d="M5.5 5.5h7v8h-7zM3.5 10.5v-8h7" />}
      </svg>
      <span role="status" className="sr-only">
        {copied ? done : ''}
      </span>
    </button>
  )
}
