// API keys: what programs and people come with.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { ApiKey } from '@xerotier/protocol/api/api-keys.ts'
import { useState } from 'react'
import { useClient } from '../api/client.ts'
import { scopes } from '../api/protocol.data.ts'
import { keysQuery } from '../api/queries.ts'
import { useSearchChange } from '../api/search.ts'
import { Act } from '../components/act.tsx'
import { Answer, Refused } from '../components/asked.tsx'
import { Several } from '../components/choice.tsx'
import { Heading } from '../components/heading.tsx'
import { useHindrance } from '../components/hindrance.ts'
import { SecretOnce } from '../components/secret-once.tsx'
import { CommandLine, Id, quoted, Said } from '../components/texts.tsx'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Field } from '../ui/field.tsx'
import { Mark } from '../ui/mark.tsx'
import { Notice, Scroll } from '../ui/state.tsx'
import { TextField } from '../ui/text-field.tsx'
import { Ago, When } from '../ui/time.tsx'
import { words } from '../words/en.ts'
import type { ActionSearch } from './agents.tsx'

const text = words.keys
const route = getRouteApi('/frame/keys')

export function Keys() {
  const asked = useQuery(keysQuery(useClient()))
  const { do: action }: ActionSearch = route.useSearch()
  const searchChange = useSearchChange()
  const hindrance = useHindrance('management')
  const isCreating = action === 'create' && hindrance === undefined
  const setCreating = (on: boolean) => searchChange({ do: on ? 'create' : undefined }, true)
  const [change, setChange] = useState<{ key: ApiKey; what: 'rotate' | 'revoke' }>()
  return (
    <>
      <Heading title={text.title}>
        <Button look="primary" why={hindrance} onClick={() => setCreating(true)}>
          {text.create}
        </Button>
      </Heading>
      <Answer asked={asked}>
        {({ data }) =>
          data.length === 0 ? (
            <Notice title={text.empty} />
          ) : (
            <Scroll label={text.title}>
              <table>
                <thead>
                  <tr>
                    <th>{text.name}</th>
                    <th>{text.state}</th>
                    <th className="max-sm:hidden">{text.owner}</th>
                    <th className="max-md:hidden">{text.scopes}</th>
                    <th className="max-lg:hidden">{text.limits}</th>
                    <th className="text-right max-md:hidden">{text.used}</th>
                    <th className="text-right">{words.fleet.actions}</th>
                  </tr>
                </thead>
                <tbody>
                  {data.map((key) => (
                    <KeyRow key={key.id} apiKey={key} change={(what) => setChange({ key, what })} />
                  ))}
                </tbody>
              </table>
            </Scroll>
          )
        }
      </Answer>
      {isCreating && <Create close={() => setCreating(false)} />}
      {change?.what === 'rotate' && <Rotate apiKey={change.key} close={() => setChange(undefined)} />}
      {change?.what === 'revoke' && <Revoke apiKey={change.key} close={() => setChange(undefined)} />}
    </>
  )
}

function KeyRow({ apiKey, change }: { apiKey: ApiKey; change: (what: 'rotate' | 'revoke') => void }) {
  const { id, name, prefix, user, is_active, revoked_at, expires_at, last_used_at, workspaces, ip_filter, quota } =
    apiKey
  const bounds = [
    ...(workspaces === null ? [] : [workspaces.map((one) => one.name).join(', ')]),
    ...(ip_filter === null ? [] : [text.filtered]),
    ...(quota === null ? [] : [text.quota(quota.requests, quota.window_seconds)]),
  ]
  return (
    <tr className="hover:bg-raised">
      <td className="min-w-32 break-all">
        <span className="font-medium">
          <Said>{name}</Said>
        </span>
        <span className="block text-[12px] text-soft">
          <code>{prefix}…</code> <Id id={id} short what={text.title} />
        </span>
      </td>
      <td>
        <Mark tone={is_active ? 'good' : 'calm'} shape={is_active ? 'check' : 'cross'}>
          {is_active ? text.active : revoked_at === null ? text.expired : text.revoked}
        </Mark>
        {is_active && expires_at !== null && (
          <span className="block text-[12px] text-soft">
            {text.until} <When at={expires_at} />
          </span>
        )}
      </td>
      <td className="break-all max-sm:hidden">{user === null ? text.service : <Said>{user}</Said>}</td>
      <td className="max-md:hidden">{apiKey.scopes.join(', ')}</td>
      <td className="max-lg:hidden">{bounds.length === 0 ? '–' : <Said>{bounds.join(' · ')}</Said>}</td>
      <td className="text-right max-md:hidden">{last_used_at === null ? text.never : <Ago at={last_used_at} />}</td>
      <td>
        {is_active && (
          <span className="flex flex-wrap justify-end gap-1">
            <Button look="quiet" onClick={() => change('rotate')} aria-label={`${text.rotate}: ${name}`}>
              {text.rotate}
            </Button>
            <Button look="quiet" onClick={() => change('revoke')} aria-label={`${text.revoke}: ${name}`}>
              {text.revoke}
            </Button>
          </span>
        )}
      </td>
    </tr>
  )
}

function Create({ close }: { close: () => void }) {
  const client = useClient()
  const queries = useQueryClient()
  const [name, setName] = useState('')
  const [user, setUser] = useState('')
  const [chosen, setChosen] = useState<readonly string[]>(['execution'])
  const picked = scopes.filter((scope) => chosen.includes(scope))
  const making = useMutation({
    mutationFn: () =>
      client.call('apiKeys.create', { body: { name, scopes: picked, ...(user.trim() === '' ? {} : { user }) } }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['keys'] }),
  })
  if (making.data !== undefined)
    return <SecretOnce title={text.made(name)} value={making.data.key} hint={text.madeHint} close={close} />
  const line = `xeroctl keys create --name ${quoted(name || '<name>')} --scopes ${picked.join(',') || '<scopes>'}${user.trim() === '' ? '' : ` --for ${quoted(user)}`}`
  return (
    <Dialog title={text.create} closeLabel={words.close} onClose={close}>
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          making.mutate()
        }}
      >
        <TextField label={text.name} hint={text.nameHint} required value={name} onText={setName} />
        <Several label={text.scopes} chosen={chosen} options={scopes} shown={(scope) => scope} onChange={setChosen} />
        <Field label={text.owner} hint={text.ownerHint}>
          {(ids) => <input {...ids} className="field" value={user} onChange={({ target }) => setUser(target.value)} />}
        </Field>
        <Refused error={making.error} />
        <Button type="submit" look="primary" large disabled={making.isPending || picked.length === 0}>
          {text.create}
        </Button>
        <CommandLine line={line} />
      </form>
    </Dialog>
  )
}

function Rotate({ apiKey: { id, name }, close }: { apiKey: ApiKey; close: () => void }) {
  const client = useClient()
  const queries = useQueryClient()
  const rotating = useMutation({
    mutationFn: () => client.call('apiKeys.rotate', { params: { id } }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['keys'] }),
  })
  if (rotating.data !== undefined)
    return <SecretOnce title={text.rotated(name)} value={rotating.data.key} hint={text.madeHint} close={close} />
  return (
    <Dialog title={`${text.rotate}: ${name}`} closeLabel={words.close} onClose={close}>
      <div className="grid gap-4">
        <p className="text-soft">{text.rotateEffect}</p>
        <Refused error={rotating.error} />
        <Button look="primary" large disabled={rotating.isPending} onClick={() => rotating.mutate()}>
          {text.rotateNow(name)}
        </Button>
        <CommandLine line={`xeroctl keys rotate ${id}`} />
      </div>
    </Dialog>
  )
}

function Revoke({ apiKey: { id, name }, close }: { apiKey: ApiKey; close: () => void }) {
  const client = useClient()
  return (
    <Act
      title={`${text.revoke}: ${name}`}
      effect={text.revokeEffect}
      doIt={text.revokeNow(name)}
      look="danger"
      line={`xeroctl keys delete ${id}`}
      act={() => client.call('apiKeys.revoke', { params: { id } })}
      stale={['keys']}
      close={close}
    />
  )
}
