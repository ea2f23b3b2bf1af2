import type { AgentDetail } from '@xerotier/protocol/api/agents.ts'
import { useState } from 'react'
import { useClient } from '../../api/client.ts'
import { Button } from '../../ui/button.tsx'
import { Mark } from '../../ui/mark.tsx'
import { Facts, Section } from '../../ui/state.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { Ago, When } from '../../ui/time.tsx'
import { words } from '../../words/en.ts'
import { Act } from '../act.tsx'
import { useHindrance } from '../hindrance.ts'
import { KeysSince } from '../keys-since.tsx'
import { HealthMark, RiskMark } from '../marks.tsx'
import { Id, quoted, Said } from '../texts.tsx'

const text = words.agentPage

export function Configuration({ agent }: { agent: AgentDetail }) {
  const reason = agent.unhealthy_reason ?? agent.degraded_reason
  const [isDescribing, setDescribing] = useState(false)
  const hindrance = useHindrance('management')
  return (
    <>
      <div className="card p-4">
        <Facts
          facts={[
            [
              words.fleet.status,
              <span key="status" className="flex flex-wrap items-center gap-2">
                <HealthMark health={agent.health} /> {reason !== null && <Said>{reason}</Said>}
              </span>,
            ],
            [words.id, <Id key="id" id={agent.id} what={words.fleet.name} />],
            [words.fleet.hostname, <Said key="host">{agent.hostname ?? '–'}</Said>],
            [words.fleet.version, agent.version ?? '–'],
            [words.fleet.region, <Said key="region">{agent.region}</Said>],
            [words.fleet.load, `${agent.in_flight} / ${agent.max_concurrent_executions}`],
            [
              words.fleet.heartbeat,
              agent.last_heartbeat_at === null ? words.fleet.never : <Ago key="beat" at={agent.last_heartbeat_at} />,
            ],
            [text.clock, agent.clock_offset_ms === null ? '–' : text.clockOffset(agent.clock_offset_ms)],
            [text.manifest, agent.manifest_version === null ? '–' : text.manifestOf(agent.manifest_version)],
            [words.fleet.keys, <KeysSince key="keys" agent={agent} />],
            [words.agent.enrolled, <When key="enrolled" at={agent.enrolled_at} />],
            [
              words.agent.description,
              <span key="description" className="flex flex-wrap items-center gap-2">
                <Said>{agent.description ?? '–'}</Said>
                <Button look="quiet" className="!min-h-6 !px-1.5" why={hindrance} onClick={() => setDescribing(true)}>
                  {words.agentActions.describe}
                </Button>
              </span>,
            ],
          ]}
        />
      </div>
      <Held agent={agent} />
      {agent.bundles.length > 0 && (
        <Section title={text.bundles}>
          <ul className="card divide-y divide-line">
            {agent.bundles.map(({ name, version, error, left_out }) => (
              <li key={name} className="flex flex-wrap items-center gap-2 px-4 py-2">
                <Mark tone={error === null ? 'good' : 'bad'} shape={error === null ? 'check' : 'cross'}>
                  {version ?? '–'}
                </Mark>
                <Said>{name}</Said>
                {error !== null && (
                  <span className="text-bad">
                    <Said>{error}</Said>
                  </span>
                )}
                {left_out.map((one) => (
                  <span key={one.name} className="basis-full text-[12.5px] text-soft">
                    <Said>{`${one.name}: ${one.reason}`}</Said>
                  </span>
                ))}
              </li>
            ))}
          </ul>
        </Section>
      )}
      {isDescribing && <Describe agent={agent} close={() => setDescribing(false)} />}
    </>
  )
}

/** Tools that it calls milder than before. */
function Held({ agent: { id, name, held } }: { agent: AgentDetail }) {
  const client = useClient()
  const hindrance = useHindrance('management')
  const [open, setOpen] = useState(false)
  if (held.length === 0) return null
  return (
    <Section title={words.agent.held}>
      <div className="card grid justify-items-start gap-2 p-4">
        <p className="text-soft">{words.agent.heldHint}</p>
        {held.map(({ tool, from, to }) => (
          <p key={tool} className="flex flex-wrap items-center gap-2">
            <Said>{tool}</Said> <RiskMark risk={from} /> → <RiskMark risk={to} />
          </p>
        ))}
        <Button why={hindrance} onClick={() => setOpen(true)}>
          {words.agentActions.accept}
        </Button>
      </div>
      {open && (
        <Act
          title={words.agentActions.accept}
          effect={words.agentActions.acceptEffect}
          doIt={words.agentActions.acceptNow(name)}
          look="danger"
          line={`xeroctl agents accept-risk ${name}`}
          act={() => client.call('agents.acceptRisk', { params: { id }, body: {} })}
          stale={['agents', 'agent', 'overview']}
          close={() => setOpen(false)}
        />
      )}
    </Section>
  )
}

function Describe({ agent: { id, name, description }, close }: { agent: AgentDetail; close: () => void }) {
  const client = useClient()
  const [typed, setTyped] = useState(description ?? '')
  return (
    <Act
      title={`${words.agentActions.describe}: ${name}`}
      effect={name}
      doIt={words.agentActions.describe}
      line={`xeroctl agents update ${name} --description ${quoted(typed)}`}
      act={() =>
        client.call('agents.update', { params: { id }, body: { description: typed.trim() === '' ? null : typed } })
      }
      stale={['agents', 'agent']}
      close={close}
    >
      <TextField label={words.agent.description} maxLength={500} value={typed} onText={setTyped} />
    </Act>
  )
}
