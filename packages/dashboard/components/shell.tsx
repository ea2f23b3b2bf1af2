// What stands around every view: the tabs, who is here, and whether what is shown is live.
import { useQuery } from '@tanstack/react-query'
import { Link, Outlet, useRouter, useRouterState } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { useClient } from '../api/client.ts'
import { useLive } from '../api/live.ts'
import { basePath } from '../api/place.ts'
import { approvalsQuery, may } from '../api/queries.ts'
import { useSession } from '../api/session.ts'
import { useCutSince } from '../api/stream.ts'
import { onOpen, useNewVersion } from '../api/worker.ts'
import { Button } from '../ui/button.tsx'
import { words } from '../words/en.ts'
import { phoneWords } from '../words/en-phone.ts'
import { Palette } from './palette.tsx'
import { Projects } from './projects.tsx'

const tabs = [
  ['/', words.tabs.overview],
  ['/operations', words.tabs.operations],
  ['/fleet', words.tabs.fleet],
  ['/graph', words.tabs.graph],
  ['/templates', words.tabs.templates],
  ['/approvals', words.tabs.approvals],
  ['/agents', words.tabs.agents],
] as const
const more = [
  ['/policies', words.tabs.policies],
  ['/audit', words.tabs.audit],
  ['/pauses', words.tabs.pauses],
  ['/people', words.tabs.people],
  ['/keys', words.tabs.keys],
  ['/notifications', words.tabs.notifications],
  ['/exports', words.tabs.exports],
  ['/legal-holds', words.tabs.holds],
] as const

const tabClass =
  'flex items-center justify-between gap-2 rounded-lg px-3 py-1.5 font-medium whitespace-nowrap text-soft no-underline hover:bg-raised hover:text-ink hover:no-underline aria-[current=page]:bg-accent-soft aria-[current=page]:text-accent'

export function Shell() {
  const [isFinding, setFinding] = useState(false)
  useLive()
  useNotes()
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return
      event.preventDefault()
      setFinding(true)
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [])
  return (
    <div className="mx-auto grid min-h-dvh max-w-[1720px] grid-rows-[auto_1fr] lg:grid-cols-[208px_minmax(0,1fr)] lg:grid-rows-1">
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:absolute focus:z-20 focus:m-2 focus:rounded focus:bg-card focus:p-2"
      >
        {words.skip}
      </a>
      <Sidebar find={() => setFinding(true)} />
      {isFinding && <Palette close={() => setFinding(false)} />}
      <div className="min-w-0">
        <Cut />
        <NewVersion />
        <main id="content" tabIndex={-1} className="grid content-start gap-5 px-4 py-5 outline-none md:px-6">
          <Outlet />
        </main>
      </div>
    </div>
  )
}

/** A notification that somebody presses opens here, and this device stays known to the router. */
function useNotes(): void {
  const { history } = useRouter()
  useEffect(() => onOpen((path) => history.push(`${basePath}/${path}`)), [history])
  useEffect(() => {
    if (!('Notification' in globalThis) || Notification.permission !== 'granted') return
    // Who is not heard of it now is so with the next page.
    void import('../api/push.ts').then(({ keepOn }) => keepOn()).catch(() => undefined)
  }, [])
}

function Sidebar({ find }: { find: () => void }) {
  const session = useSession()
  const count = usePending()
  const tabsRow = useRef<HTMLElement>(null)
  const path = useRouterState({ select: ({ location }) => location.pathname })
  // On a small screen they scroll sideways: the one that is open is in view.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another path, another tab
  useEffect(() => {
    const row = tabsRow.current
    const tab = row?.querySelector<HTMLElement>('[aria-current="page"]')
    if (row && tab) row.scrollTo({ left: tab.offsetLeft - (row.clientWidth - tab.offsetWidth) / 2 })
  }, [path])
  return (
    <header className="top-0 z-10 grid min-w-0 content-start gap-2 border-line bg-ground px-3 py-3 max-lg:border-b lg:sticky lg:h-dvh lg:border-r lg:py-4">
      <div className="flex min-w-0 items-center justify-between gap-2 px-2">
        <div className="flex min-w-0 items-baseline gap-1.5">
          <p className="font-semibold tracking-tight">{words.product}</p>
          <span className="grid min-w-0 font-normal text-soft">
            <Projects bare />
          </span>
        </div>
        <button
          type="button"
          onClick={find}
          aria-label={words.palette.open}
          className="ml-auto grid size-8 shrink-0 place-items-center rounded-full text-soft hover:bg-raised lg:hidden"
        >
          <svg
            viewBox="0 0 16 16"
            className="size-4"
            fill="none"
            stroke="currentColor"
            strokeWidth="1.6"
            aria-hidden="true"
          >
            <path d="M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10zM10.8 10.8L14 14" />
          </svg>
        </button>
        <Link
          to="/account"
          aria-label={words.account.open(session.person.name)}
          title={session.person.email}
          className="grid size-8 shrink-0 place-items-center rounded-full bg-calm-soft text-[12px] font-semibold text-calm no-underline"
        >
          {initials(session.person.name)}
        </Link>
      </div>
      <button
        type="button"
        onClick={find}
        className="flex items-center justify-between gap-2 rounded-lg border border-line bg-card px-3 py-1 text-[13px] text-soft hover:border-field max-lg:hidden"
      >
        {words.palette.open}
        <kbd className="font-sans text-[11.5px]">Ctrl K</kbd>
      </button>
      <nav
        ref={tabsRow}
        aria-label={words.navigation}
        className="relative -mx-3 flex gap-0.5 overflow-x-auto px-3 py-0.5 lg:mx-0 lg:mt-2 lg:flex-col lg:overflow-visible lg:px-0"
      >
        {tabs.map(([to, name]) => (
          <Link key={to} to={to} activeOptions={{ exact: to === '/', includeSearch: false }} className={tabClass}>
            {name}
            {to === '/approvals' && count > 0 && (
              <span className="rounded-full bg-accent px-1.5 text-[11px] font-semibold text-accent-ink tabular-nums">
                {count}
              </span>
            )}
          </Link>
        ))}
        <span aria-hidden="true" className="shrink-0 border-line max-lg:mx-1 max-lg:border-l lg:my-2 lg:border-t" />
        {more.map(([to, name]) => (
          <Link key={to} to={to} activeOptions={{ includeSearch: false }} className={tabClass}>
            {name}
          </Link>
        ))}
      </nav>
    </header>
  )
}

/** How many calls wait for a decision. */
export function usePending(): number {
  const { data } = useQuery({ ...approvalsQuery(useClient()), enabled: may(useSession(), 'execution') })
  return data?.data.length ?? 0
}

function Cut() {
  const since = useCutSince()
  return (
    <div role="status">
      {since !== undefined && (
        <p className="border-b border-line bg-warn-soft px-6 py-2 text-warn">
          {words.cut(new Date(since).toLocaleTimeString())}
        </p>
      )}
    </div>
  )
}

/** The router was replaced under an open page, which goes on as it is until it is loaded. */
function NewVersion() {
  const isThere = useNewVersion()
  const text = phoneWords.version
  return (
    <div role="status">
      {isThere && (
        <p className="flex flex-wrap items-center justify-between gap-3 border-b border-line bg-accent-soft px-6 py-2 text-ink">
          <span>
            {text.there} <span className="text-soft">{text.hint}</span>
          </span>
          <Button onClick={() => location.reload()}>{text.load}</Button>
        </p>
      )}
    </div>
  )
}

function initials(name: string): string {
  return name
    .split(/\s+/)
    .map((part) => [...part][0] ?? '')
    .slice(0, 2)
    .join('')
    .toUpperCase()
}
