// A new version: what would change and which calls that wait it touches, before it is stored.
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useClient } from '../../api/client.ts'
import { written } from '../../api/policies.ts'
import { noteCharacters } from '../../api/protocol.data.ts'
import { Changes } from '../../ui/changes.tsx'
import { jsonOf } from '../../ui/differences.ts'
import { Tall } from '../../ui/state.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { words } from '../../words/en.ts'
import { Act } from '../act.tsx'
import { Answer } from '../asked.tsx'
import { quoted, Said } from '../texts.tsx'
import type { Draft } from './draft.ts'

const text = words.policy

interface Props {
  draft: Draft
  name: string
  workspace: string | undefined
  /** The version that was seen, 0 for none: who has changed it since is not written over. */
  newest: number
  close: () => void
}

export function Save({ draft: { document }, name, workspace, newest, close }: Props) {
  const client = useClient()
  const [note, setNote] = useState('')
  const [asDraft, setAsDraft] = useState(false)
  const body = {
    document: written(document),
    ...(workspace === undefined ? {} : { workspace }),
    ...(note.trim() === '' ? {} : { note }),
    draft: asDraft,
  }
  const apply = (dry_run: boolean) =>
    client.call('policies.apply', { params: { policy: name }, body: { ...body, dry_run }, ifMatch: newest })
  const planned = useQuery({
    queryKey: ['policy-plan', name, newest, asDraft, JSON.stringify(document)],
    gcTime: 0,
    queryFn: () => apply(true),
  })
  const line = [
    `xeroctl approvals policy apply -f ${name}.json --name ${name}`,
    ...(note.trim() === '' ? [] : [`--note ${quoted(note)}`]),
    ...(asDraft ? ['--draft'] : []),
  ]
  return (
    <Act
      title={text.saveTitle(name)}
      effect={text.saveEffect}
      doIt={text.saveNow(name, asDraft)}
      line={line.join(' ')}
      act={() => apply(false)}
      stale={['policies', 'approvals', 'overview']}
      close={close}
    >
      <Answer asked={planned} rows={3}>
        {({ changed, differences, pending }) => (
          <div className="grid gap-3">
            {!changed || differences.length === 0 ? (
              <p>{text.noDifference}</p>
            ) : (
              <Tall label={text.differences} className="rounded-lg bg-raised p-3">
                <Changes
                  changes={differences.map(({ path, before, after }) => ({
                    name: path,
                    before: jsonOf(before ?? undefined),
                    after: jsonOf(after ?? undefined),
                  }))}
                  shown={(one) => <Said>{one}</Said>}
                />
              </Tall>
            )}
            <Tall label={text.waiting} className="grid gap-1">
              <h2>{text.waiting}</h2>
              {pending.length === 0 ? (
                <p>{text.noWaiting}</p>
              ) : (
                <ul className="grid gap-1">
                  {pending.map(({ approval_id, tool, workspace: where, outcome }) => (
                    <li key={approval_id}>
                      <Said>{`${tool} · ${where}`}</Said>: {text.outcomes[outcome]}
                    </li>
                  ))}
                </ul>
              )}
            </Tall>
          </div>
        )}
      </Answer>
      <TextField label={text.note} hint={text.noteHint} maxLength={noteCharacters} value={note} onText={setNote} />
      <label className="flex items-center gap-2">
        <input type="checkbox" checked={asDraft} onChange={({ target }) => setAsDraft(target.checked)} />
        {text.asDraft}
      </label>
    </Act>
  )
}
