import { type ReactNode, useEffect } from 'react'
import { useSession } from '../api/session.ts'
import { words } from '../words/en.ts'
import { usePending } from './shell.tsx'

/** The name of a view, here and in the title of the window, where what waits is counted. */
export function Heading({ title, children, name = title }: { title: string; name?: ReactNode; children?: ReactNode }) {
  const { project } = useSession()
  const count = usePending()
  useEffect(() => {
    document.title = `${count > 0 ? `(${count}) ` : ''}${title} · ${project.slug} · ${words.product}`
  }, [title, count, project.slug])
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
      <h1 className="min-w-0 break-words">{name}</h1>
      {children !== undefined && <div className="flex flex-wrap items-center gap-2">{children}</div>}
    </div>
  )
}
