// The authenticator of whoever sits here.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { beginSecondFactor, confirmSecondFactor, removeSecondFactor, showSecondFactor } from '../api/session.ts'
import { Button } from '../ui/button.tsx'
import { Copy } from '../ui/copy.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Section } from '../ui/state.tsx'
import { TextField } from '../ui/text-field.tsx'
import { words } from '../words/en.ts'
import { accessWords } from '../words/en-access.ts'
import { Answer, Refused } from './asked.tsx'
import { Qr } from './qr.tsx'
import { SecretOnce } from './secret-once.tsx'

const text = words.account
const key = ['second-factor']

export function SecondFactor() {
  const asked = useQuery({ queryKey: key, queryFn: showSecondFactor })
  const [doing, setDoing] = useState<'set' | 'remove'>()
  const close = () => setDoing(undefined)
  return (
    <Section title={text.factor}>
      <Answer asked={asked} rows={1}>
        {({ enabled, recovery_codes_left }) => (
          <div className="card flex flex-wrap items-center gap-3 p-4">
            <p className="min-w-0 flex-1 basis-64">{enabled ? text.factorOn(recovery_codes_left) : text.factorOff}</p>
            {enabled ? (
              <Button look="danger" onClick={() => setDoing('remove')}>
                {text.factorRemove}
              </Button>
            ) : (
              <Button onClick={() => setDoing('set')}>{text.factorSet}</Button>
            )}
          </div>
        )}
      </Answer>
      {doing === 'set' && <SetUp close={close} />}
      {doing === 'remove' && <Remove close={close} />}
    </Section>
  )
}

function SetUp({ close }: { close: () => void }) {
  const queries = useQueryClient()
  // Each time another: what was shown and not confirmed is good for nothing.
  const made = useQuery({ queryKey: [...key, 'secret'], queryFn: beginSecondFactor, gcTime: 0, staleTime: Infinity })
  const confirming = useMutation({
    mutationFn: confirmSecondFactor,
    onSuccess: () => queries.invalidateQueries({ queryKey: key, exact: true }),
  })
  if (confirming.data !== undefined)
    return (
      <SecretOnce
        title={text.factorCodes}
        value={confirming.data.join(' ')}
        hint={text.factorCodesHint}
        close={close}
      />
    )
  return (
    <Dialog title={text.factorSet} closeLabel={words.close} onClose={close}>
      <Answer asked={made} rows={4}>
        {({ secret, uri }) => (
          <div className="grid gap-4">
            <p className="text-soft">{text.factorScan}</p>
            <Qr text={uri} label={accessWords.qr} />
            <a href={uri} className="break-words">
              {text.factorOpen}
            </a>
            <p className="flex items-center gap-1 rounded-lg border border-line bg-code py-2 pr-1 pl-3">
              <span className="sr-only">{text.factorSecret}: </span>
              <code className="min-w-0 flex-1 break-all">{secret.replace(/(.{4})(?=.)/g, '$1 ')}</code>
              <Copy text={secret} label={words.copyOf(text.factorSecret)} done={words.copied} />
            </p>
            <CodeForm
              label={text.factorCode}
              doIt={text.factorConfirm}
              error={confirming.error}
              isBusy={confirming.isPending}
              send={confirming.mutate}
            />
          </div>
        )}
      </Answer>
    </Dialog>
  )
}

function Remove({ close }: { close: () => void }) {
  const queries = useQueryClient()
  const removing = useMutation({
    mutationFn: removeSecondFactor,
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: key, exact: true })
      close()
    },
  })
  return (
    <Dialog title={text.factorRemove} closeLabel={words.close} onClose={close}>
      <div className="grid gap-4">
        <p className="text-soft">{text.factorRemoveHint}</p>
        <CodeForm
          label={words.login.code}
          doIt={text.factorRemove}
          error={removing.error}
          isBusy={removing.isPending}
          send={removing.mutate}
          danger
        />
      </div>
    </Dialog>
  )
}

interface CodeFormProps {
  label: string
  doIt: string
  error: Error | null
  isBusy: boolean
  send: (code: string) => void
  danger?: boolean
}

function CodeForm({ label, doIt, error, isBusy, send, danger = false }: CodeFormProps) {
  const [code, setCode] = useState('')
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault()
        send(code)
        setCode('')
      }}
    >
      <TextField
        label={label}
        className="font-mono"
        autoComplete="one-time-code"
        autoCapitalize="off"
        spellCheck={false}
        required
        value={code}
        onText={setCode}
      />
      <Refused error={error} />
      <Button type="submit" look={danger ? 'danger' : 'primary'} disabled={isBusy}>
        {doIt}
      </Button>
    </form>
  )
}
