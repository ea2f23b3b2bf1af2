// Every view, agent, workspace and id, by a few letters: Ctrl-K or ⌘K, or the button.
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useId, useState } from 'react'
import { useClient } from '../api/client.ts'
import { agentsQuery, may, workspacesQuery } from '../api/queries.ts'
import { chooseProject, logout, useSession } from '../api/session.ts'
import { Dialog } from '../ui/dialog.tsx'
import { words } from '../words/en.ts'
import { useHindrance } from './hindrance.ts'
import { Said } from './texts.tsx'

const text = words.palette
const most = 12

interface Item {
  key: string
  group: string
  label: string
  run: () => void
  /** Why it may not be done. */
  why?: string | undefined
}

export function Palette({ close }: { close: () => void }) {
  const [find, setFind] = useState('')
  const [at, setAt] = useState(0)
  const listId = useId()
  const items = useItems(find.trim(), close)
  const current = items[Math.min(at, items.length - 1)]
  return (
    <Dialog title={text.title} closeLabel={words.close} onClose={close}>
      <div className="grid gap-3">
        <input
          role="combobox"
          aria-label={text.find}
          aria-expanded="true"
          aria-controls={listId}
          aria-activedescendant={current === undefined ? undefined : `${listId}-${current.key}`}
          autoComplete="off"
          spellCheck={false}
          className="field !min-h-11"
          placeholder={text.hint}
          value={find}
          onChange={({ target }) => {
            setFind(target.value)
            setAt(0)
          }}
          onKeyDown={(event) => {
            const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
            if (step !== 0) {
              event.preventDefault()
              setAt((Math.min(at, items.length - 1) + step + items.length) % Math.max(1, items.length))
            } else if (event.key === 'Enter') {
              event.preventDefault()
              if (current !== undefined && current.why === undefined) current.run()
            }
          }}
        />
        <div id={listId} role="listbox" aria-label={text.found} className="grid gap-0.5">
          {items.map((item, place) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the field, which keeps the focus
            <div
              key={item.key}
              id={`${listId}-${item.key}`}
              role="option"
              tabIndex={-1}
              aria-selected={item === current}
              onPointerMove={() => setAt(place)}
              aria-disabled={item.why !== undefined}
              onClick={() => item.why === undefined && item.run()}
              className="flex cursor-pointer items-center justify-between gap-3 rounded-lg px-3 py-2 aria-selected:bg-accent-soft aria-selected:text-accent aria-disabled:cursor-not-allowed"
            >
              <span className="min-w-0 break-all">
                <Said>{item.label}</Said>
              </span>
              <span className="text-right text-[12px] text-soft">{item.why ?? item.group}</span>
            </div>
          ))}
        </div>
        <p role="status" className="text-[12.5px] text-soft">
          {items.length === 0 ? text.nothing : text.count(items.length)}
        </p>
      </div>
    </Dialog>
  )
}

function useItems(find: string, close: () => void): Item[] {
  const client = useClient()
  const session = useSession()
  const navigate = useNavigate()
  const manages = may(session, 'management')
  const why = useHindrance('management')
  const { data: agents } = useQuery({ ...agentsQuery(client), enabled: manages })
  const { data: workspaces } = useQuery(workspacesQuery(client))
  const go = (key: string, group: string, label: string, to: string, search: Record<string, string> = {}): Item => ({
    key,
    group,
    label,
    run: () => {
      close()
      // Paths are made here of ids, and no route is named by its type.
      void navigate({ to: to as never, search: search as never })
    },
  })
  const wanted = find.toLowerCase()
  const has = ({ label }: Item) => label.toLowerCase().includes(wanted)
  const views = words.palette.views.map(([to, label]) => {
    const [path = '', search = ''] = to.split('?')
    return go(`view${to}`, text.view, label, path, Object.fromEntries(new URLSearchParams(search)))
  })
  const managing = [
    go('mint', text.action, words.agents.mint, '/agents', { do: 'mint' }),
    go('invite', text.action, words.people.invite, '/people'),
    go('key', text.action, words.keys.create, '/keys', { do: 'create' }),
    go('export', text.action, words.exports.create, '/exports', { do: 'create' }),
    go('webhook', text.action, words.notifications.addWebhook, '/notifications', { do: 'create' }),
    go('channel', text.action, words.notifications.addChannel, '/notifications', { tab: 'channels', do: 'create' }),
    go('undelivered', text.action, text.undelivered, '/notifications', { tab: 'deliveries', state: 'exhausted' }),
    go('hold', text.action, words.holds.placeTitle, '/legal-holds', { do: 'create' }),
    go('pause', text.action, words.pauses.create, '/pauses', { do: 'create' }),
  ].map((item) => ({ ...item, why }))
  const actions: Item[] = [
    ...managing,
    go('failed', text.action, text.failed, '/operations', { status: 'failed,timeout' }),
    go('ambiguous', text.action, text.ambiguous, '/operations', { status: 'ambiguous' }),
    ...session.projects
      .filter(({ id }) => id !== session.project.id)
      .map(({ id, slug }) => ({
        key: id,
        group: text.action,
        label: text.goTo(slug),
        run: () => void chooseProject(slug).catch(() => close()),
      })),
    { key: 'logout', group: text.action, label: words.account.logout, run: () => void logout() },
  ]
  const ofAgents = (agents ?? []).map(({ id, name }) => go(id, text.agent, name, `/agents/${id}`))
  const ofWorkspaces = (workspaces ?? []).map(({ id, name }) => go(id, text.workspace, name, `/workspaces/${id}`))
  const ids = /^[0-9a-z_-]{8,64}$/i.test(find)
    ? [
        go('id', text.id, text.operationOf(find), `/operations/${encodeURIComponent(find)}`),
        go('approval-id', text.id, text.approvalOf(find), '/approvals', { id: find }),
        go('audit-id', text.id, text.auditOf(find), '/audit', { subject: find }),
      ]
    : []
  const tool = /^[A-Za-z0-9_-]{2,64}$/.test(find)
    ? [go('tool', text.action, text.toolOf(find), '/operations', { tool: find })]
    : []
  const isId = /^[0-9a-f]{8}-[0-9a-f]{4}-/i.test(find)
  const named = [...views, ...actions, ...ofAgents, ...ofWorkspaces].filter(has)
  return (isId ? [...ids, ...named] : [...named, ...tool, ...ids]).slice(0, most)
}
