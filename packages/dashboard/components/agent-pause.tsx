// Stopping an agent, with what that touches said before it is done, and letting it go on.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { Agent } from '@xerotier/protocol/api/agents.ts'
import { useState } from 'react'
import { useClient } from '../api/client.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Field } from '../ui/field.tsx'
import { words } from '../words/en.ts'
import { Answer, Refused } from './asked.tsx'
import { CommandLine, quoted, Said } from './texts.tsx'

const text = words.fleet

export function AgentPause({ agent }: { agent: Agent }) {
  const [open, setOpen] = useState<'pause' | 'resume'>()
  const isPaused = agent.paused.some(({ workspace_id, tool }) => workspace_id === null && tool === null)
  const close = () => setOpen(undefined)
  return (
    <>
      {isPaused ? (
        <Button aria-label={text.resumeTitle(agent.name)} onClick={() => setOpen('resume')}>
          {text.resume}
        </Button>
      ) : (
        <Button aria-label={text.pauseTitle(agent.name)} onClick={() => setOpen('pause')}>
          {text.pause}
        </Button>
      )}
      {open === 'pause' && <Pause agent={agent} close={close} />}
      {open === 'resume' && <Resume agent={agent} close={close} />}
    </>
  )
}

interface Props {
  agent: Agent
  close: () => void
}

function useStale() {
  const queries = useQueryClient()
  return () => Promise.all(['agents', 'agent', 'overview'].map((key) => queries.invalidateQueries({ queryKey: [key] })))
}

function Pause({ agent, close }: Props) {
  const client = useClient()
  const stale = useStale()
  const [reason, setReason] = useState('')
  const [minutes, setMinutes] = useState('')
  const body = {
    ...(reason === '' ? {} : { reason }),
    ...(Number(minutes) > 0 ? { ttl_seconds: Math.round(Number(minutes) * 60) } : {}),
  }
  const done = useMutation({
    mutationFn: () => client.call('agents.pause', { params: { id: agent.id }, body }),
    onSuccess: async () => {
      await stale()
      close()
    },
  })
  const line = [
    `xeroctl agents pause-exec ${agent.name}`,
    ...(reason === '' ? [] : [`--reason ${quoted(reason)}`]),
    ...(Number(minutes) > 0 ? [`--ttl ${minutes}m`] : []),
  ]
  return (
    <Dialog title={text.pauseTitle(agent.name)} closeLabel={words.close} onClose={close}>
      <form
        className="grid gap-4 text-left"
        onSubmit={(event) => {
          event.preventDefault()
          done.mutate()
        }}
      >
        <p className="text-soft">{text.pauseEffect}</p>
        <Blast agent={agent} />
        <Field label={text.reason}>
          {(ids) => (
            <input {...ids} className="field" value={reason} onChange={({ target }) => setReason(target.value)} />
          )}
        </Field>
        <Field label={text.minutes} hint={text.minutesHint}>
          {(ids) => (
            <input
              {...ids}
              className="field"
              type="number"
              min="1"
              value={minutes}
              onChange={({ target }) => setMinutes(target.value)}
            />
          )}
        </Field>
        <Refused error={done.error} />
        <Button type="submit" look="danger" large disabled={done.isPending}>
          {text.pauseNow(agent.name)}
        </Button>
        <CommandLine line={line.join(' ')} />
      </form>
    </Dialog>
  )
}

/** As the router counts it now. */
function Blast({ agent }: { agent: Agent }) {
  const client = useClient()
  const asked = useQuery({
    queryKey: ['agents', 'plan', agent.id],
    queryFn: () => client.call('pauses.plan', { body: { agent: agent.id } }),
    refetchInterval: 5_000,
  })
  return (
    <Answer asked={asked} rows={2}>
      {({ running, queued, workspaces }) => (
        <section aria-label={text.blast} className="grid gap-1 rounded-lg bg-warn-soft px-3 py-2.5">
          <p className="font-medium text-warn">{text.blast}</p>
          <ul className="grid list-disc gap-0.5 pl-5">
            <li>{text.running(running)}</li>
            <li>{text.queued(queued)}</li>
            {workspaces.map(({ workspace_id, workspace, others }) => (
              <li key={workspace_id}>
                <Said>{text.workspace(workspace, others)}</Said>
              </li>
            ))}
            {workspaces.length === 0 && <li>{text.noWorkspaces}</li>}
          </ul>
        </section>
      )}
    </Answer>
  )
}

function Resume({ agent, close }: Props) {
  const client = useClient()
  const stale = useStale()
  const done = useMutation({
    mutationFn: () => client.call('agents.resume', { params: { id: agent.id }, body: {} }),
    onSuccess: async () => {
      await stale()
      close()
    },
  })
  return (
    <Dialog title={text.resumeTitle(agent.name)} closeLabel={words.close} onClose={close}>
      <div className="grid gap-4 text-left">
        <p className="text-soft">{text.resumeEffect}</p>
        <Refused error={done.error} />
        <Button look="primary" large disabled={done.isPending} onClick={() => done.mutate()}>
          {text.resumeNow(agent.name)}
        </Button>
        <CommandLine line={`xeroctl agents resume-exec ${agent.name}`} />
      </div>
    </Dialog>
  )
}
