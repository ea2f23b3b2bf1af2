// The vote. Nobody approves what has just appeared under their finger: the button is off until the
// call has stood there for a moment, and again whenever what would run is another.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { Approval, Standing } from '@xerotier/protocol/api/approvals.ts'
import { useEffect, useId, useRef, useState } from 'react'
import { useClient } from '../api/client.ts'
import { approveWithPasskey, listPasskeys } from '../api/passkeys.ts'
import { noteCharacters } from '../api/protocol.data.ts'
import { standingQuery } from '../api/queries.ts'
import { Button } from '../ui/button.tsx'
import { Field } from '../ui/field.tsx'
import { useKeys } from '../ui/keys.ts'
import { TextField } from '../ui/text-field.tsx'
import { words } from '../words/en.ts'
import { phoneWords } from '../words/en-phone.ts'
import { stateWords } from '../words/en-states.ts'
import { Missing } from './asked.tsx'
import { PasskeyRefused } from './passkey-refused.tsx'
import { CommandLine, quoted, Said } from './texts.tsx'

const text = words.approvals
const settleMs = 1_500

interface Props {
  approval: Approval
  decided: (told: string) => void
  next: () => void
}

type Vote = 'approve' | 'confirm' | 'reject'

export function Decision({ approval, decided, next }: Props) {
  const { id, tool, digest, confirm, asked } = approval
  const client = useClient()
  const queries = useQueryClient()
  const [note, setNote] = useState('')
  const [typed, setTyped] = useState('')
  const settled = useSettled(`${id} ${digest} ${asked.stage}`)
  const approveButton = useRef<HTMLButtonElement>(null)
  const noteField = useRef<HTMLTextAreaElement>(null)
  const voting = useMutation({
    mutationFn: (vote: Vote) => {
      const body = {
        digest,
        ...(note.trim() === '' ? {} : { note }),
        ...(vote !== 'reject' && confirm !== null ? { confirm: typed } : {}),
      }
      if (vote === 'confirm') return approveWithPasskey(id, body)
      return client.call(vote === 'approve' ? 'approvals.approve' : 'approvals.reject', { params: { id }, body })
    },
    onSuccess: async (now, vote) => {
      decided(
        vote === 'reject' ? text.rejected(tool) : now.state === 'pending' ? text.voted(tool) : text.approved(tool),
      )
      next()
      await Promise.all(
        ['approvals', 'decided', 'overview', 'executions'].map((key) => queries.invalidateQueries({ queryKey: [key] })),
      )
    },
    onError: () => void queries.invalidateQueries({ queryKey: ['approvals'] }),
  })
  // Until it is known nothing is forbidden: the router decides.
  const stands = useQuery(standingQuery(client, approval))
  const standing = stands.data
  const lacksNote = asked.require_reason && note.trim() === ''
  const lacksName = confirm !== null && typed.trim() !== confirm
  const passkeys = useQuery({ queryKey: ['passkeys'], queryFn: listPasskeys, staleTime: Number.POSITIVE_INFINITY })
  const hasPasskey = passkeys.data?.origin === location.origin && passkeys.data.data.length > 0
  const mayApprove = (standing?.approve ?? null) === null && settled && !lacksNote && !lacksName && !voting.isPending
  const mayReject = (standing?.reject ?? null) === null
  const whyId = useId()
  const describes = standing?.approve || standing?.reject ? { 'aria-describedby': whyId } : {}
  // Two different keys: one shows where the button is, the other presses it.
  useKeys({
    a: () => approveButton.current?.focus(),
    r: () => noteField.current?.focus(),
  })
  return (
    <div className="grid gap-3 border-t border-line pt-4">
      <Field label={text.note} {...(asked.require_reason ? { hint: text.noteNeeded } : {})}>
        {(ids) => (
          <textarea
            {...ids}
            ref={noteField}
            className="field"
            maxLength={noteCharacters}
            value={note}
            onChange={({ target }) => setNote(target.value)}
          />
        )}
      </Field>
      {confirm !== null && (
        <TextField
          label={text.confirm(confirm)}
          hint={text.confirmHint}
          className="font-mono"
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          value={typed}
          onText={setTyped}
        />
      )}
      {asked.require_passkey && <p className="text-[13px] text-soft">{phoneWords.confirm.needed}</p>}
      <PasskeyRefused error={voting.error} />
      {hasPasskey && !asked.require_passkey && (
        <Button
          large
          disabled={voting.isPending}
          aria-disabled={!mayApprove}
          {...describes}
          title={settled ? undefined : text.settling}
          onClick={() => mayApprove && voting.mutate('confirm')}
        >
          {phoneWords.confirm.approve}
        </Button>
      )}
      {standing === undefined && <Missing what={stateWords.standing} asked={stands} error={stands.error} />}
      <Hindrances standing={standing} id={whyId} />
      <div className="sticky bottom-0 -mx-4 flex gap-3 border-line bg-card px-4 py-2 max-md:border-t md:static md:mx-0 md:px-0 md:py-0">
        <Button
          ref={approveButton}
          look="primary"
          large
          className="flex-1"
          disabled={voting.isPending}
          aria-disabled={!mayApprove}
          {...describes}
          title={settled ? undefined : text.settling}
          onClick={() => mayApprove && voting.mutate(asked.require_passkey ? 'confirm' : 'approve')}
        >
          {asked.require_passkey ? phoneWords.confirm.approve : text.approve}
        </Button>
        <Button
          look="danger"
          large
          className="flex-1"
          disabled={voting.isPending}
          aria-disabled={!mayReject}
          {...describes}
          onClick={() => mayReject && voting.mutate('reject')}
        >
          {text.reject}
        </Button>
      </div>
      {!asked.require_passkey && <CommandLine line={lineOf(approval, note)} />}
    </div>
  )
}

/** Said before anybody presses a button, and once where it is the same for both. */
function Hindrances({ standing, id }: { standing: Standing | undefined; id: string }) {
  const approve = standing?.approve ?? null
  const reject = standing?.reject ?? null
  if (approve === null && reject === null) return null
  const lines =
    approve?.message === reject?.message
      ? [approve?.message ?? '']
      : [approve, reject].flatMap((one, at) =>
          one === null ? [] : [`${at === 0 ? text.approve : text.reject}: ${one.message}`],
        )
  return (
    <div id={id} className="rounded-lg bg-warn-soft px-3 py-2 text-warn">
      <p className="font-medium">{text.mayNot}</p>
      {lines.map((line) => (
        <p key={line}>
          <Said>{line}</Said>
        </p>
      ))}
    </div>
  )
}

/** False until the same has stood there for a moment. */
function useSettled(what: string): boolean {
  const [settled, setSettled] = useState<string>()
  useEffect(() => {
    const timer = setTimeout(() => setSettled(what), settleMs)
    return () => clearTimeout(timer)
  }, [what])
  return settled === what
}

function lineOf({ id, confirm }: Approval, note: string): string {
  return [
    `xeroctl approvals approve ${id}`,
    ...(note.trim() === '' ? [] : [`--note ${quoted(note)}`]),
    ...(confirm === null ? [] : [`--confirm ${confirm}`]),
  ].join(' ')
}
