// The passkeys of whoever sits here.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { Passkey } from '@xerotier/protocol/api/passkeys.ts'
import { useState } from 'react'
import { addPasskey, listPasskeys, removePasskey, renamePasskey } from '../api/passkeys.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Scroll, Section } from '../ui/state.tsx'
import { TextField } from '../ui/text-field.tsx'
import { Ago } from '../ui/time.tsx'
import { words } from '../words/en.ts'
import { accessWords } from '../words/en-access.ts'
import { Answer, Refused } from './asked.tsx'
import { PasskeyRefused } from './passkey-refused.tsx'
import { ProveAnew, wantsProof } from './prove-anew.tsx'
import { SecretOnce } from './secret-once.tsx'
import { Said } from './texts.tsx'

const text = accessWords.passkeys
const key = ['passkeys']

type Doing = { what: 'add' } | { what: 'rename' | 'remove'; passkey: Passkey }

export function Passkeys() {
  const asked = useQuery({ queryKey: key, queryFn: listPasskeys })
  const [doing, setDoing] = useState<Doing>()
  const close = () => setDoing(undefined)
  return (
    <Section
      title={text.title}
      actions={
        asked.data !== undefined &&
        asked.data.origin === location.origin && <Button onClick={() => setDoing({ what: 'add' })}>{text.add}</Button>
      }
    >
      <p className="text-soft">{text.hint}</p>
      <Answer asked={asked} rows={1}>
        {({ data, origin }) => (
          <>
            {origin !== location.origin && <Elsewhere origin={origin} />}
            {data.length === 0 ? (
              <p className="card p-4 text-soft">{text.none}</p>
            ) : (
              <Scroll label={text.title}>
                <Table passkeys={data} act={setDoing} />
              </Scroll>
            )}
          </>
        )}
      </Answer>
      {doing?.what === 'add' && <Add close={close} />}
      {doing?.what === 'rename' && <Rename passkey={doing.passkey} close={close} />}
      {doing?.what === 'remove' && <Remove passkey={doing.passkey} close={close} />}
    </Section>
  )
}

/** They are good at one origin alone, and this page is of another. */
function Elsewhere({ origin }: { origin: string | null }) {
  if (origin === null) return <p className="card p-4">{text.nowhere}</p>
  return (
    <div className="card grid gap-1 p-4">
      <p>{text.elsewhere}</p>
      <a href={`${origin}${location.pathname}`} className="break-all">{`${origin}${location.pathname}`}</a>
    </div>
  )
}

function Table({ passkeys, act }: { passkeys: Passkey[]; act: (doing: Doing) => void }) {
  return (
    <table>
      <thead>
        <tr>
          <th>{words.people.name}</th>
          <th className="max-sm:hidden">{text.made}</th>
          <th className="text-right">{text.used}</th>
          <th className="text-right">{words.fleet.actions}</th>
        </tr>
      </thead>
      <tbody>
        {passkeys.map((passkey) => (
          <tr key={passkey.id}>
            <td className="break-words">
              <Said>{passkey.name}</Said>
              {passkey.backed_up && <span className="block text-[12.5px] text-soft">{text.synced}</span>}
            </td>
            <td className="max-sm:hidden">
              <Ago at={passkey.created_at} />
            </td>
            <td className="text-right">{passkey.used_at === null ? text.never : <Ago at={passkey.used_at} />}</td>
            <td>
              <div className="flex flex-wrap justify-end gap-2">
                <Button aria-label={text.renameOf(passkey.name)} onClick={() => act({ what: 'rename', passkey })}>
                  {text.rename}
                </Button>
                <Button
                  look="danger"
                  aria-label={text.removeOf(passkey.name)}
                  onClick={() => act({ what: 'remove', passkey })}
                >
                  {text.remove}
                </Button>
              </div>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Add({ close }: { close: () => void }) {
  const queries = useQueryClient()
  const [name, setName] = useState('')
  const adding = useMutation({
    mutationFn: () => addPasskey(name),
    onSuccess: async ({ recovery_codes }) => {
      await Promise.all([key, ['second-factor']].map((queryKey) => queries.invalidateQueries({ queryKey })))
      if (recovery_codes.length === 0) close()
    },
  })
  if (adding.data !== undefined && adding.data.recovery_codes.length > 0)
    return (
      <SecretOnce
        title={words.account.factorCodes}
        value={adding.data.recovery_codes.join(' ')}
        hint={text.codesHint}
        close={close}
      />
    )
  return (
    <Dialog title={text.add} closeLabel={words.close} onClose={close}>
      {wantsProof(adding.error) ? (
        <ProveAnew proved={adding.reset} />
      ) : (
        <NameForm
          effect={text.addEffect}
          doIt={text.addNow}
          name={name}
          setName={setName}
          acting={{ ...adding, go: () => adding.mutate() }}
        />
      )}
    </Dialog>
  )
}

function Rename({ passkey, close }: { passkey: Passkey; close: () => void }) {
  const queries = useQueryClient()
  const [name, setName] = useState(passkey.name)
  const renaming = useMutation({
    mutationFn: () => renamePasskey(passkey.id, name),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: key })
      close()
    },
  })
  return (
    <Dialog title={text.renameOf(passkey.name)} closeLabel={words.close} onClose={close}>
      <NameForm
        doIt={text.rename}
        name={name}
        setName={setName}
        acting={{ ...renaming, go: () => renaming.mutate() }}
      />
    </Dialog>
  )
}

interface NameFormProps {
  effect?: string
  doIt: string
  name: string
  setName: (name: string) => void
  acting: { error: Error | null; isPending: boolean; go: () => void }
}

function NameForm({ effect, doIt, name, setName, acting: { error, isPending, go } }: NameFormProps) {
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault()
        go()
      }}
    >
      {effect !== undefined && <p className="text-soft">{effect}</p>}
      <TextField
        label={words.people.name}
        hint={text.nameHint}
        required
        maxLength={100}
        autoComplete="off"
        value={name}
        onText={setName}
      />
      <PasskeyRefused error={error} />
      <Button type="submit" look="primary" large disabled={isPending}>
        {doIt}
      </Button>
    </form>
  )
}

function Remove({ passkey, close }: { passkey: Passkey; close: () => void }) {
  const queries = useQueryClient()
  const removing = useMutation({
    mutationFn: () => removePasskey(passkey.id),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: key })
      close()
    },
  })
  if (wantsProof(removing.error))
    return (
      <Dialog title={text.removeOf(passkey.name)} closeLabel={words.close} onClose={close}>
        <ProveAnew proved={removing.reset} />
      </Dialog>
    )
  return (
    <Dialog title={text.removeOf(passkey.name)} closeLabel={words.close} onClose={close}>
      <div className="grid gap-4">
        <p className="text-soft">{text.removeEffect}</p>
        <Refused error={removing.error} />
        <Button look="danger" large disabled={removing.isPending} onClick={() => removing.mutate()}>
          {text.removeNow(passkey.name)}
        </Button>
      </div>
    </Dialog>
  )
}
