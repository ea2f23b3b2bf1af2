import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { Group } from '@xerotier/protocol/api/groups.ts'
import type { ProjectMember } from '@xerotier/protocol/api/members.ts'
import { useState } from 'react'
import { useClient } from '../../api/client.ts'
import { groupsQuery } from '../../api/queries.ts'
import { Button } from '../../ui/button.tsx'
import { Section } from '../../ui/state.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { words } from '../../words/en.ts'
import { Act } from '../act.tsx'
import { Answer, Refused } from '../asked.tsx'
import { quoted, Said } from '../texts.tsx'

const text = words.people

export function Groups({ members }: { members: readonly ProjectMember[] }) {
  const asked = useQuery(groupsQuery(useClient()))
  const [isCreating, setCreating] = useState(false)
  const [deleting, setDeleting] = useState<Group>()
  return (
    <Section title={text.groups} actions={<Button onClick={() => setCreating(true)}>{text.createGroup}</Button>}>
      <Answer asked={asked} rows={2}>
        {(groups) =>
          groups.length === 0 ? (
            <p className="card p-4 text-soft">{text.noGroups}</p>
          ) : (
            <ul className="card divide-y divide-line">
              {groups.map((group) => (
                <GroupItem key={group.id} group={group} members={members} onDelete={() => setDeleting(group)} />
              ))}
            </ul>
          )
        }
      </Answer>
      {isCreating && <Create close={() => setCreating(false)} />}
      {deleting !== undefined && <Delete group={deleting} close={() => setDeleting(undefined)} />}
    </Section>
  )
}

function GroupItem({
  group,
  members,
  onDelete,
}: {
  group: Group
  members: readonly ProjectMember[]
  onDelete: () => void
}) {
  const client = useClient()
  const queries = useQueryClient()
  const done = useMutation({
    mutationFn: ({ id, isIn }: { id: string; isIn: boolean }) =>
      isIn
        ? client.call('groups.removeMember', { params: { id: group.id, member: id } })
        : client.call('groups.addMember', { params: { id: group.id }, body: { member: id } }),
    onSuccess: () => Promise.all(['groups', 'members'].map((key) => queries.invalidateQueries({ queryKey: [key] }))),
  })
  const others = members.filter(({ id }) => group.members.every((one) => one.id !== id))
  return (
    <li className="grid gap-2 px-4 py-3">
      <div className="flex flex-wrap items-center gap-2">
        <h3 className="font-semibold break-all">
          <Said>{group.name}</Said>
        </h3>
        <Button look="quiet" className="ml-auto" onClick={onDelete} aria-label={`${text.deleteGroup}: ${group.name}`}>
          {text.deleteGroup}
        </Button>
      </div>
      <ul className="flex flex-wrap items-center gap-1.5" aria-label={text.inGroup(group.name)}>
        {group.members.map(({ id, name, active }) => (
          <li
            key={id}
            className="inline-flex items-center gap-1 rounded-full bg-calm-soft py-0.5 pr-1 pl-2.5 text-[13px]"
          >
            <Said>{active ? name : `${name} (${text.inactive})`}</Said>
            <button
              type="button"
              aria-label={text.takeOut(name, group.name)}
              disabled={done.isPending}
              onClick={() => done.mutate({ id, isIn: true })}
              className="grid size-6 place-items-center rounded-full text-soft hover:bg-raised hover:text-ink"
            >
              ✕
            </button>
          </li>
        ))}
        {group.members.length === 0 && <li className="text-[13px] text-soft">{text.emptyGroup}</li>}
        {others.length > 0 && (
          <li>
            <select
              aria-label={text.putInto(group.name)}
              className="field !min-h-7 !w-auto !py-0 text-[13px]"
              value=""
              disabled={done.isPending}
              onChange={({ target }) => done.mutate({ id: target.value, isIn: false })}
            >
              <option value="">{text.putIn}</option>
              {others.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </select>
          </li>
        )}
      </ul>
      <Refused error={done.error} />
    </li>
  )
}

function Create({ close }: { close: () => void }) {
  const client = useClient()
  const [name, setName] = useState('')
  return (
    <Act
      title={text.createGroup}
      effect={text.groupHint}
      doIt={text.createGroup}
      line={`xeroctl project groups create ${quoted(name || '<name>')}`}
      act={() => client.call('groups.create', { body: { name } })}
      stale={['groups']}
      close={close}
    >
      <TextField label={text.name} hint={words.agents.nameHint} required value={name} onText={setName} />
    </Act>
  )
}

function Delete({ group: { id, name }, close }: { group: Group; close: () => void }) {
  const client = useClient()
  return (
    <Act
      title={`${text.deleteGroup}: ${name}`}
      effect={text.deleteGroupEffect}
      doIt={text.deleteGroupNow(name)}
      look="danger"
      line={`xeroctl project groups delete ${quoted(name)}`}
      act={() => client.call('groups.delete', { params: { id } })}
      stale={['groups', 'members']}
      close={close}
    />
  )
}
