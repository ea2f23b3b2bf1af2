// What can be done about a call, each with its effect said and its line for a terminal.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { ExecutionDetail } from '@xerotier/protocol/api/executions.ts'
import { useState } from 'react'
import { useClient } from '../api/client.ts'
import { settledStates } from '../api/protocol.data.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Field } from '../ui/field.tsx'
import { TextField } from '../ui/text-field.tsx'
import { words } from '../words/en.ts'
import { Refused } from './asked.tsx'
import { CommandLine, quoted } from './texts.tsx'

const text = words.operation
type Action = 'retry' | 'cancel' | 'resolve'

export function OperationActions({ call }: { call: ExecutionDetail }) {
  const [action, setAction] = useState<Action>()
  const isOver = settledStates.includes(call.state)
  const close = () => setAction(undefined)
  return (
    <div className="flex flex-wrap gap-2">
      {call.state === 'ambiguous' && (
        <Button look="primary" onClick={() => setAction('resolve')}>
          {text.resolve}
        </Button>
      )}
      {isOver && <Button onClick={() => setAction('retry')}>{text.again}</Button>}
      {!isOver && (
        <Button look="danger" disabled={call.cancel_requested !== null} onClick={() => setAction('cancel')}>
          {text.stop}
        </Button>
      )}
      {action === 'retry' && <Again call={call} close={close} />}
      {action === 'cancel' && <Stop call={call} close={close} />}
      {action === 'resolve' && <Resolve call={call} close={close} />}
    </div>
  )
}

interface Props {
  call: ExecutionDetail
  close: () => void
}

function useStale() {
  const queries = useQueryClient()
  return () =>
    Promise.all(
      ['execution', 'executions', 'executions-head', 'approvals', 'overview'].map((key) =>
        queries.invalidateQueries({ queryKey: [key] }),
      ),
    )
}

function Again({ call, close }: Props) {
  const client = useClient()
  const navigate = useNavigate()
  const stale = useStale()
  const [key] = useState(() => crypto.randomUUID?.() ?? String(Math.random()))
  const [reason, setReason] = useState('')
  const made = useMutation({
    mutationFn: () =>
      client.call('executions.retry', {
        params: { id: call.id },
        body: reason === '' ? {} : { reason },
        idempotencyKey: key,
      }),
    onSuccess: async ({ id }) => {
      await stale()
      close()
      await navigate({ to: '/operations/$id', params: { id } })
    },
  })
  return (
    <Dialog title={`${text.again}: ${call.tool}`} closeLabel={words.close} onClose={close}>
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          made.mutate()
        }}
      >
        <p className="text-soft">{text.againHint}</p>
        <TextField label={text.reason} value={reason} onText={setReason} />
        <Refused error={made.error} />
        <Button type="submit" look="primary" disabled={made.isPending}>
          {text.again}
        </Button>
        <CommandLine line={`xeroctl exec retry ${call.id}${reason === '' ? '' : ` --reason ${quoted(reason)}`}`} />
      </form>
    </Dialog>
  )
}

function Stop({ call, close }: Props) {
  const client = useClient()
  const stale = useStale()
  const made = useMutation({
    mutationFn: () => client.call('invocations.cancel', { params: { id: call.id } }),
    onSuccess: async () => {
      await stale()
      close()
    },
  })
  return (
    <Dialog title={`${text.stop}: ${call.tool}`} closeLabel={words.close} onClose={close}>
      <div className="grid gap-4">
        <p className="text-soft">{text.stopHint(call.tool)}</p>
        <Refused error={made.error} />
        <Button look="danger" disabled={made.isPending} onClick={() => made.mutate()}>
          {text.stop}
        </Button>
        <CommandLine line={`xeroctl exec cancel ${call.id}`} />
      </div>
    </Dialog>
  )
}

const outcomes = ['completed', 'failed', 'cancelled'] as const

function Resolve({ call, close }: Props) {
  const client = useClient()
  const stale = useStale()
  const [outcome, setOutcome] = useState<(typeof outcomes)[number]>('completed')
  const [note, setNote] = useState('')
  const made = useMutation({
    mutationFn: () => client.call('executions.resolve', { params: { id: call.id }, body: { outcome, note } }),
    onSuccess: async () => {
      await stale()
      close()
    },
  })
  return (
    <Dialog title={`${text.resolve}: ${call.tool}`} closeLabel={words.close} onClose={close}>
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          made.mutate()
        }}
      >
        <p className="text-soft">{text.resolveHint}</p>
        <Field label={text.outcome}>
          {(ids) => (
            <select
              {...ids}
              className="field"
              value={outcome}
              onChange={({ target }) => setOutcome(outcomes.find((one) => one === target.value) ?? 'completed')}
            >
              {outcomes.map((one) => (
                <option key={one} value={one}>
                  {words.executionStates[one]}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label={text.note}>
          {(ids) => (
            <textarea
              {...ids}
              className="field"
              required
              value={note}
              onChange={({ target }) => setNote(target.value)}
            />
          )}
        </Field>
        <Refused error={made.error} />
        <Button type="submit" look="primary" disabled={made.isPending}>
          {text.resolve}
        </Button>
        <CommandLine line={`xeroctl exec resolve ${call.id} --outcome ${outcome} --note ${quoted(note)}`} />
      </form>
    </Dialog>
  )
}
