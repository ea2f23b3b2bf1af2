import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import type { Webhook } from '@xerotier/protocol/api/webhooks.ts'
import { useState } from 'react'
import { useClient } from '../../api/client.ts'
import { webhooksQuery } from '../../api/records.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { words } from '../../words/en.ts'
import { Refused } from '../asked.tsx'
import { useHindrance } from '../hindrance.ts'
import { type Column, Listed } from '../listed.tsx'
import { SecretOnce } from '../secret-once.tsx'
import { CommandLine, Id, quoted, Said } from '../texts.tsx'
import { Going, Hears, listOf, SubscribedActions } from './subscribed.tsx'

const text = words.notifications

interface Props {
  isCreating: boolean
  setCreating: (on: boolean) => void
}

export function Webhooks({ isCreating, setCreating }: Props) {
  const client = useClient()
  const asked = useInfiniteQuery(webhooksQuery(client))
  const hindrance = useHindrance('management')
  const [rotating, setRotating] = useState<Webhook>()
  const columns: readonly Column<Webhook>[] = [
    {
      head: text.url,
      cell: (one) => (
        <>
          <span className="font-medium break-all">
            <Said>{one.url}</Said>
          </span>
          <span className="block text-[12.5px] text-soft">
            {one.description !== null && <Said>{`${one.description} · `}</Said>}
            <Id id={one.id} short what={text.tabs.webhooks} />
          </span>
        </>
      ),
    },
    { head: text.hears, from: 'md', cell: (one) => <Hears one={one} /> },
    { head: text.state, cell: (one) => <Going one={one} /> },
    {
      head: words.fleet.actions,
      right: true,
      cell: (one) => (
        <SubscribedActions
          one={one}
          name={one.url}
          noun="webhooks"
          test={() => client.call('webhooks.test', { params: { id: one.id } })}
          turn={(is_active) => client.call('webhooks.update', { params: { id: one.id }, body: { is_active } })}
          remove={() => client.call('webhooks.delete', { params: { id: one.id } })}
          rotate={() => setRotating(one)}
          stale={['webhooks', 'deliveries']}
        />
      ),
    },
  ]
  return (
    <div className="grid gap-3">
      <Button look="primary" className="justify-self-start" why={hindrance} onClick={() => setCreating(true)}>
        {text.addWebhook}
      </Button>
      <Listed
        label={text.tabs.webhooks}
        asked={asked}
        columns={columns}
        keyOf={({ id }) => id}
        empty={text.noWebhooks}
      />
      <CommandLine line="xeroctl webhooks list" />
      {isCreating && <Create close={() => setCreating(false)} />}
      {rotating !== undefined && <Rotate webhook={rotating} close={() => setRotating(undefined)} />}
    </div>
  )
}

function Create({ close }: { close: () => void }) {
  const client = useClient()
  const queries = useQueryClient()
  const [url, setUrl] = useState('')
  const [events, setEvents] = useState('*')
  const [description, setDescription] = useState('')
  const making = useMutation({
    mutationFn: () =>
      client.call('webhooks.create', {
        body: { url, events: listOf(events), description: description.trim() === '' ? null : description },
      }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['webhooks'] }),
  })
  if (making.data !== undefined)
    return <SecretOnce title={text.secret(url)} value={making.data.secret} hint={text.secretHint} close={close} />
  return (
    <Dialog title={text.addWebhook} closeLabel={words.close} onClose={close}>
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          making.mutate()
        }}
      >
        <p className="text-soft">{text.addWebhookEffect}</p>
        <TextField label={text.url} type="url" required placeholder="https://" value={url} onText={setUrl} />
        <TextField label={text.events} hint={text.eventsHint} required value={events} onText={setEvents} />
        <TextField label={text.description} value={description} onText={setDescription} />
        <Refused error={making.error} />
        <Button type="submit" look="primary" large disabled={making.isPending}>
          {text.addWebhook}
        </Button>
        <CommandLine
          line={`xeroctl webhooks create --url ${quoted(url || '<url>')} --events ${quoted(listOf(events).join(','))}`}
        />
      </form>
    </Dialog>
  )
}

function Rotate({ webhook: { id, url }, close }: { webhook: Webhook; close: () => void }) {
  const client = useClient()
  const rotating = useMutation({
    mutationFn: () => client.call('webhooks.rotateSecret', { params: { id }, body: {} }),
  })
  if (rotating.data !== undefined)
    return <SecretOnce title={text.secret(url)} value={rotating.data.secret} hint={text.secretHint} close={close} />
  return (
    <Dialog title={text.rotateOf(url)} closeLabel={words.close} onClose={close}>
      <div className="grid gap-4 text-left">
        <p className="text-soft">{text.rotateEffect}</p>
        <Refused error={rotating.error} />
        <Button look="primary" large disabled={rotating.isPending} onClick={() => rotating.mutate()}>
          {text.rotate}
        </Button>
        <CommandLine line={`xeroctl webhooks rotate-secret ${id}`} />
      </div>
    </Dialog>
  )
}
