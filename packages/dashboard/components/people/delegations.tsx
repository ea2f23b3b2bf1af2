import { useQuery } from '@tanstack/react-query'
import type { Delegation } from '@xerotier/protocol/api/delegations.ts'
import type { ProjectMember } from '@xerotier/protocol/api/members.ts'
import { useState } from 'react'
import { useClient } from '../../api/client.ts'
import { delegationKinds, risks } from '../../api/protocol.data.ts'
import { delegationsQuery } from '../../api/queries.ts'
import { Button } from '../../ui/button.tsx'
import { Field } from '../../ui/field.tsx'
import { Section } from '../../ui/state.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { words } from '../../words/en.ts'
import { Act } from '../act.tsx'
import { Answer } from '../asked.tsx'
import { Choice, Several } from '../choice.tsx'
import { quoted } from '../texts.tsx'
import { DelegationList } from './delegation-list.tsx'

const text = words.people

export function Delegations({ members }: { members: readonly ProjectMember[] }) {
  const asked = useQuery(delegationsQuery(useClient()))
  const [isCreating, setCreating] = useState(false)
  const [ending, setEnding] = useState<Delegation>()
  return (
    <Section title={text.delegations} actions={<Button onClick={() => setCreating(true)}>{text.delegate}</Button>}>
      <Answer asked={asked} rows={2}>
        {({ data }) =>
          data.length === 0 ? (
            <p className="card p-4 text-soft">{text.noDelegations}</p>
          ) : (
            <DelegationList delegations={data} end={setEnding} />
          )
        }
      </Answer>
      {isCreating && <Create members={members} close={() => setCreating(false)} />}
      {ending !== undefined && <End delegation={ending} close={() => setEnding(undefined)} />}
    </Section>
  )
}

function Create({ members, close }: { members: readonly ProjectMember[]; close: () => void }) {
  const client = useClient()
  const people = members.filter(({ active }) => active)
  const [kind, setKind] = useState<Delegation['kind']>('grant')
  const [to, setTo] = useState('')
  const [from, setFrom] = useState('')
  const [hours, setHours] = useState('8')
  const [note, setNote] = useState('')
  const [chosen, setChosen] = useState<(typeof risks)[number][]>([])
  const picked = risks.filter((risk) => chosen.includes(risk))
  const emailOf = (id: string) => members.find((one) => one.id === id)?.email ?? ''
  const line = [
    `xeroctl project delegations create --kind ${kind}`,
    `--to ${quoted(emailOf(to) || '<member>')}`,
    ...(from === '' ? [] : [`--from ${quoted(emailOf(from))}`]),
    ...(picked.length === 0 ? [] : [`--risk ${picked.join(',')}`]),
    `--until ${hours || '8'}h`,
    ...(note === '' ? [] : [`--note ${quoted(note)}`]),
  ].join(' ')
  const person = (label: string, value: string, onChange: (id: string) => void, none: string, required: boolean) => (
    <Field label={label}>
      {(ids) => (
        <select
          {...ids}
          className="field"
          required={required}
          value={value}
          onChange={({ target }) => onChange(target.value)}
        >
          <option value="">{none}</option>
          {people.map(({ id, name, email }) => (
            <option key={id} value={id}>
              {`${name} (${email})`}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
  return (
    <Act
      title={text.delegate}
      effect={text.kindEffects[kind]}
      doIt={text.delegate}
      line={line}
      act={() =>
        client.call('delegations.create', {
          body: {
            kind,
            to,
            ends_at: new Date(Date.now() + Number(hours) * 3_600_000).toISOString(),
            ...(from === '' ? {} : { from }),
            ...(picked.length === 0 ? {} : { risks: picked }),
            ...(note.trim() === '' ? {} : { note }),
          },
        })
      }
      stale={['delegations', 'approvals']}
      close={close}
    >
      <Choice label={text.kind} value={kind} options={delegationKinds} shown={text.kinds} onChange={setKind} />
      {person(text.to, to, setTo, text.choose, true)}
      {kind === 'handover' && person(text.from, from, setFrom, text.mine, false)}
      <Several
        label={text.onlyRisks}
        chosen={chosen}
        options={risks}
        shown={(risk) => words.risks[risk]}
        onChange={setChosen}
      />
      <TextField label={text.hours} type="number" min="1" required value={hours} onText={setHours} />
      <Field label={words.approvals.note}>
        {(ids) => <input {...ids} className="field" value={note} onChange={({ target }) => setNote(target.value)} />}
      </Field>
    </Act>
  )
}

function End({ delegation, close }: { delegation: Delegation; close: () => void }) {
  const client = useClient()
  const to = delegation.to_name ?? delegation.to
  return (
    <Act
      title={`${text.end}: ${to}`}
      effect={text.endEffect}
      doIt={text.endNow(to)}
      look="danger"
      line={`xeroctl project delegations end ${delegation.id}`}
      act={() => client.call('delegations.end', { params: { id: delegation.id } })}
      stale={['delegations', 'approvals']}
      close={close}
    />
  )
}
