// A link of a row. Those of the router listen to every change of the address, each of them: in long
// lists that is most of what a click waits for.
import { useRouter } from '@tanstack/react-router'
import type { MouseEvent, ReactNode } from 'react'
import { basePath } from '../api/place.ts'

interface Props {
  /** Below `/ops/`. */
  path: string
  className?: string
  /** What a plain click does instead of going there. */
  onOpen?: (() => void) | undefined
  children: ReactNode
}

export function RowLink({ path, className, onOpen, children }: Props) {
  const { history } = useRouter()
  const href = `${basePath}/${path}`
  const go = (event: MouseEvent) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    if (onOpen === undefined) history.push(href)
    else onOpen()
  }
  return (
    <a href={href} className={className} onClick={go}>
      {children}
    </a>
  )
}
