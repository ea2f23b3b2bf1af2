// Stopping something: what that touches is said before it is done.
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useClient } from '../api/client.ts'
import { Field } from '../ui/field.tsx'
import { words } from '../words/en.ts'
import { Act } from './act.tsx'
import { Answer } from './asked.tsx'
import { quoted, Said } from './texts.tsx'

const text = words.fleet

interface Target {
  agent?: string
  workspace?: string
  tool?: string
}

interface Props {
  /** Nothing of it: the project. */
  target: Target
  name: string
  /** By somebody else, while this is open. */
  isPaused?: boolean
  close: () => void
}

export function TargetPause({ target, name, isPaused = false, close }: Props) {
  const client = useClient()
  const [reason, setReason] = useState('')
  const [incident, setIncident] = useState('')
  const [minutes, setMinutes] = useState('')
  const why = {
    ...(reason.trim() === '' ? {} : { reason: reason.trim() }),
    ...(incident.trim() === '' ? {} : { incident: incident.trim() }),
    ...(Number(minutes) > 0 ? { ttl_seconds: Math.round(Number(minutes) * 60) } : {}),
  }
  const options = [
    ...(reason.trim() === '' ? [] : [`--reason ${quoted(reason.trim())}`]),
    ...(incident.trim() === '' ? [] : [`--incident ${quoted(incident.trim())}`]),
    ...(Number(minutes) > 0 ? [`--ttl ${minutes}m`] : []),
  ]
  return (
    <Act
      title={text.pauseTitle(name)}
      effect={target.agent === undefined ? text.pauseEffectOf : text.pauseEffect}
      doIt={text.pauseNow(name)}
      look="danger"
      line={[lineOf(target), ...options].join(' ')}
      act={() =>
        target.agent !== undefined && target.workspace === undefined
          ? client.call('agents.pause', { params: { id: target.agent }, body: why })
          : client.call('pauses.create', {
              body: { ...target, ...(isAll(target) ? { project: true as const } : {}), ...why },
            })
      }
      stale={['agents', 'agent', 'overview', 'workspaces', 'topology']}
      close={close}
    >
      <p role="status" className="text-warn empty:hidden">
        {isPaused ? text.pausedMeanwhile : ''}
      </p>
      <Blast target={target} />
      <Field label={text.reason}>
        {(ids) => (
          <input {...ids} className="field" value={reason} onChange={({ target: { value } }) => setReason(value)} />
        )}
      </Field>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={text.incident}>
          {(ids) => (
            <input
              {...ids}
              className="field"
              value={incident}
              onChange={({ target: { value } }) => setIncident(value)}
            />
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
              onChange={({ target: { value } }) => setMinutes(value)}
            />
          )}
        </Field>
      </div>
    </Act>
  )
}

const isAll = ({ agent, workspace, tool }: Target) =>
  agent === undefined && workspace === undefined && tool === undefined

function lineOf(target: Target): string {
  if (target.agent !== undefined && target.workspace === undefined) return `xeroctl agents pause-exec ${target.agent}`
  const named = Object.entries(target).map(([kind, name]) => `--${kind} ${quoted(name)}`)
  return ['xeroctl pauses create', ...(named.length === 0 ? ['--project'] : named)].join(' ')
}

/** As the router counts it now. */
function Blast({ target }: { target: Target }) {
  const client = useClient()
  const asked = useQuery({
    queryKey: ['agents', 'plan', target],
    queryFn: () =>
      client.call('pauses.plan', { body: { ...target, ...(isAll(target) ? { project: true as const } : {}) } }),
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
                <Said>{target.agent === undefined ? workspace : text.workspace(workspace, others)}</Said>
              </li>
            ))}
            {workspaces.length === 0 && target.agent !== undefined && <li>{text.noWorkspaces}</li>}
          </ul>
        </section>
      )}
    </Answer>
  )
}
