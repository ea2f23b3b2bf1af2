// What else can be done to an agent, each with what follows from it.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { Agent } from '@xerotier/protocol/api/agents.ts'
import { useState } from 'react'
import { useClient } from '../../api/client.ts'
import { agentQuery } from '../../api/queries.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { words } from '../../words/en.ts'
import { Act } from '../act.tsx'
import { useHindrance } from '../hindrance.ts'
import { CommandLine, quoted } from '../texts.tsx'

const text = words.agentActions
const stale = ['agents', 'agent', 'overview', 'workspaces'] as const
const kinds = ['drain', 'rotate', 'revoke', 'remove'] as const
type Kind = (typeof kinds)[number]

interface Props {
  agent: Agent
  close: () => void
}

export function AgentActions({ agent }: { agent: Agent }) {
  const hindrance = useHindrance('management')
  const [open, setOpen] = useState<Kind | 'choose'>()
  const close = () => setOpen(undefined)
  return (
    <>
      <Button look="quiet" why={hindrance} aria-label={text.openOf(agent.name)} onClick={() => setOpen('choose')}>
        {text.open}
      </Button>
      {open === 'choose' && (
        <Dialog title={text.title(agent.name)} closeLabel={words.close} onClose={close}>
          <ul className="grid gap-4 text-left">
            {kinds.map((kind) => (
              <li key={kind} className="grid justify-items-start gap-1">
                <Button
                  look={kind === 'revoke' || kind === 'remove' ? 'danger' : 'plain'}
                  onClick={() => setOpen(kind)}
                >
                  {text[kind]}
                </Button>
                <span className="text-[12.5px] whitespace-normal text-soft">{text[`${kind}Effect`]}</span>
              </li>
            ))}
          </ul>
        </Dialog>
      )}
      {open === 'drain' && <Drain agent={agent} close={close} />}
      {open === 'rotate' && <Rotate agent={agent} close={close} />}
      {open === 'revoke' && <Revoke agent={agent} close={close} />}
      {open === 'remove' && <Remove agent={agent} close={close} />}
    </>
  )
}

/** Pauses it, and then looks on until nothing runs there. */
function Drain({ agent: { id, name }, close }: Props) {
  const client = useClient()
  const queries = useQueryClient()
  const [began, setBegan] = useState(false)
  const { data } = useQuery({ ...agentQuery(client, id), enabled: began, refetchInterval: 1_000 })
  const line = `xeroctl agents pause-exec ${name} --reason drain`
  if (!began)
    return (
      <Act
        title={text.drainTitle(name)}
        effect={text.drainEffect}
        doIt={text.drainNow(name)}
        look="danger"
        line={line}
        act={() => client.call('agents.pause', { params: { id }, body: { reason: 'drain' } })}
        stale={[]}
        close={() => {
          setBegan(true)
          for (const key of stale) void queries.invalidateQueries({ queryKey: [key] })
        }}
        dismiss={close}
      />
    )
  return (
    <Dialog title={text.drainTitle(name)} closeLabel={words.close} onClose={close}>
      <div className="grid gap-4 text-left">
        <p role="status">
          {data === undefined ? words.loading : data.in_flight > 0 ? text.draining(data.in_flight) : text.drained}
        </p>
        <CommandLine line={`xeroctl agents show ${name}`} />
      </div>
    </Dialog>
  )
}

function Rotate({ agent: { id, name }, close }: Props) {
  const client = useClient()
  const [reason, setReason] = useState('')
  const why = reason.trim()
  return (
    <Act
      title={text.rotateTitle(name)}
      effect={text.rotateEffect}
      doIt={text.rotateNow(name)}
      line={`xeroctl agents curve-rotate ${name}${why === '' ? '' : ` --reason ${quoted(why)}`}`}
      act={() =>
        client.call('agents.curveRotate', { params: { id }, query: {}, body: why === '' ? {} : { reason: why } })
      }
      stale={stale}
      close={close}
    >
      <TextField label={words.fleet.reason} value={reason} onText={setReason} />
    </Act>
  )
}

function Revoke({ agent: { id, name }, close }: Props) {
  const client = useClient()
  return (
    <Act
      title={text.revokeTitle(name)}
      effect={text.revokeEffect}
      doIt={text.revokeNow(name)}
      look="danger"
      typed={name}
      line={`xeroctl agents revoke-credentials ${name}`}
      act={() => client.call('agents.revokeCredentials', { params: { id } })}
      stale={stale}
      close={close}
    />
  )
}

function Remove({ agent: { id, name }, close }: Props) {
  const client = useClient()
  const navigate = useNavigate()
  return (
    <Act
      title={text.removeTitle(name)}
      effect={text.removeEffect}
      doIt={text.removeNow(name)}
      look="danger"
      typed={name}
      line={`xeroctl agents delete ${name}`}
      act={async () => {
        await client.call('agents.delete', { params: { id } })
        await navigate({ to: '/fleet' })
      }}
      stale={stale}
      close={close}
    />
  )
}
