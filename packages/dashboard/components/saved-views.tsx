// Filters by a name, kept by the router for whoever sits here.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { SavedView } from '@xerotier/protocol/api/saved-views.ts'
import { useState } from 'react'
import type { OperationFilter } from '../api/queries.ts'
import { listViews, removeView, saveView, useSession } from '../api/session.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { TextField } from '../ui/text-field.tsx'
import { words } from '../words/en.ts'
import { Missing, Refused } from './asked.tsx'
import { Said } from './texts.tsx'

const text = words.savedViews
const page: SavedView['page'] = 'operations'

export function SavedViews({ filter }: { filter: OperationFilter }) {
  const { project } = useSession()
  const queries = useQueryClient()
  const key = ['views', project.slug]
  const asked = useQuery({ queryKey: key, queryFn: listViews, staleTime: 60_000 })
  const [isSaving, setSaving] = useState(false)
  const search = new URLSearchParams(Object.entries(filter).filter(([, value]) => value)).toString()
  const removing = useMutation({
    mutationFn: removeView,
    onSuccess: () => queries.invalidateQueries({ queryKey: key }),
  })
  const mine = asked.data?.filter((one) => one.page === page) ?? []
  if (asked.error !== null) return <Missing what={text.title} asked={asked} error={asked.error} />
  if (mine.length === 0 && search === '') return null
  return (
    <nav aria-label={text.title} className="flex flex-wrap items-center gap-2 text-[13px]">
      {mine.map((view) => (
        <span
          key={view.name}
          className={`inline-flex items-center rounded-full border pl-3 ${view.search === search ? 'border-accent bg-accent-soft' : 'border-line bg-card'}`}
        >
          <Link
            to="/operations"
            search={Object.fromEntries(new URLSearchParams(view.search))}
            aria-current={view.search === search ? 'page' : undefined}
            className="py-1"
          >
            <Said>{view.name}</Said>
          </Link>
          <Button
            look="quiet"
            className="!min-h-6 !px-2"
            aria-label={text.removeOf(view.name)}
            onClick={() => removing.mutate(view)}
          >
            ✕
          </Button>
        </span>
      ))}
      {search !== '' && !mine.some((view) => view.search === search) && (
        <Button look="quiet" onClick={() => setSaving(true)}>
          {text.save}
        </Button>
      )}
      <Refused error={removing.error} />
      {isSaving && (
        <Save
          search={search}
          close={() => {
            setSaving(false)
            void queries.invalidateQueries({ queryKey: key })
          }}
        />
      )}
    </nav>
  )
}

function Save({ search, close }: { search: string; close: () => void }) {
  const [name, setName] = useState('')
  const saving = useMutation({ mutationFn: () => saveView({ page, name: name.trim(), search }), onSuccess: close })
  return (
    <Dialog title={text.save} closeLabel={words.close} onClose={close}>
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          saving.mutate()
        }}
      >
        <p className="text-soft">{text.saveHint}</p>
        <TextField label={text.name} required maxLength={60} value={name} onText={setName} />
        <Refused error={saving.error} />
        <Button type="submit" look="primary" large disabled={saving.isPending || name.trim() === ''}>
          {text.saveNow(name.trim())}
        </Button>
      </form>
    </Dialog>
  )
}
