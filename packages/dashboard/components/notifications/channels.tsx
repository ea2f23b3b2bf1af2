import { useInfiniteQuery } from '@tanstack/react-query'
import type { Channel } from '@xerotier/protocol/api/channels.ts'
import { useState } from 'react'
import { useClient } from '../../api/client.ts'
import { createdPlaceKinds } from '../../api/protocol.data.ts'
import { channelsQuery } from '../../api/records.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { words } from '../../words/en.ts'
import { Act } from '../act.tsx'
import { Choice } from '../choice.tsx'
import { useHindrance } from '../hindrance.ts'
import { type Column, Listed } from '../listed.tsx'
import { CommandLine, Id, quoted, Said } from '../texts.tsx'
import { Going, Hears, listOf, SubscribedActions } from './subscribed.tsx'

const text = words.notifications

interface Props {
  isCreating: boolean
  setCreating: (on: boolean) => void
}

export function Channels({ isCreating, setCreating }: Props) {
  const client = useClient()
  const asked = useInfiniteQuery(channelsQuery(client))
  const hindrance = useHindrance('management')
  const columns: readonly Column<Channel>[] = [
    {
      head: text.name,
      cell: (one) => (
        <>
          <span className="font-medium break-all">
            <Said>{one.name}</Said>
          </span>
          <span className="block text-[12.5px] text-soft">
            {text.kinds[one.kind]} · <Said>{one.target}</Said> · <Id id={one.id} short what={text.tabs.channels} />
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
          name={one.name}
          noun="notifications channels"
          test={() => client.call('channels.test', { params: { id: one.id } })}
          turn={(is_active) => client.call('channels.update', { params: { id: one.id }, body: { is_active } })}
          remove={() => client.call('channels.delete', { params: { id: one.id } })}
          stale={['channels', 'deliveries']}
        />
      ),
    },
  ]
  return (
    <div className="grid gap-3">
      <Button look="primary" className="justify-self-start" why={hindrance} onClick={() => setCreating(true)}>
        {text.addChannel}
      </Button>
      <Listed
        label={text.tabs.channels}
        asked={asked}
        columns={columns}
        keyOf={({ id }) => id}
        empty={text.noChannels}
      />
      <CommandLine line="xeroctl notifications channels list" />
      {isCreating && <Create close={() => setCreating(false)} />}
    </div>
  )
}

function Create({ close }: { close: () => void }) {
  const client = useClient()
  const [kind, setKind] = useState<(typeof createdPlaceKinds)[number]>('slack')
  const [name, setName] = useState('')
  const [url, setUrl] = useState('')
  const [key, setKey] = useState('')
  const [to, setTo] = useState('')
  const [stage, setStage] = useState('0')
  const place =
    kind === 'email' ? { to: listOf(to) } : kind === 'pagerduty' ? { routing_key: key.trim() } : { url: url.trim() }
  const shown =
    kind === 'email'
      ? `--to ${quoted(listOf(to).join(',') || '<address>')}`
      : kind === 'pagerduty'
        ? '--routing-key <key>'
        : '--url <url>'
  const line = `xeroctl notifications channels create --kind ${kind} --name ${quoted(name || '<name>')} ${shown}${stage === '0' ? '' : ` --from-stage ${stage}`}`
  return (
    <Act
      title={text.addChannel}
      effect={text.addChannelEffect}
      doIt={text.addChannel}
      line={line}
      act={() => client.call('channels.create', { body: { kind, name, ...place, from_stage: Number(stage) } })}
      stale={['channels']}
      close={close}
    >
      <Choice label={text.kind} value={kind} options={createdPlaceKinds} shown={text.kinds} onChange={setKind} />
      <TextField label={text.name} required value={name} onText={setName} />
      {kind === 'email' && <TextField label={text.to} hint={text.toHint} required value={to} onText={setTo} />}
      {kind === 'pagerduty' && (
        <TextField label={text.routingKey} type="password" autoComplete="off" required value={key} onText={setKey} />
      )}
      {(kind === 'slack' || kind === 'teams') && (
        <TextField label={text.webhookUrl} type="password" autoComplete="off" required value={url} onText={setUrl} />
      )}
      <TextField
        label={text.fromStage}
        hint={text.fromStageHint}
        type="number"
        min="0"
        max="20"
        required
        value={stage}
        onText={setStage}
      />
    </Act>
  )
}
