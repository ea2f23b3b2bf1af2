// One call, completely.
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ExecutionDetail } from '@xerotier/protocol/api/executions.ts'
import { useClient } from '../api/client.ts'
import { useOutput } from '../api/output.ts'
import { operationQuery } from '../api/queries.ts'
import { Mark } from '../ui/mark.tsx'
import { Facts, Section } from '../ui/state.tsx'
import { Ago, durationText, When } from '../ui/time.tsx'
import { words } from '../words/en.ts'
import { stateWords } from '../words/en-states.ts'
import { Artifacts } from './artifacts.tsx'
import { Answer, Missing } from './asked.tsx'
import { CopyCall } from './copy-call.tsx'
import { DecisionMark, RiskMark, StateMark } from './marks.tsx'
import { OperationActions } from './operation-actions.tsx'
import { OperationAudit } from './operation-audit.tsx'
import { Transitions, Waterfall, Why } from './operation-time.tsx'
import { OutputView } from './output.tsx'
import { CommandLine, Id, Json, Said } from './texts.tsx'

const text = words.operation

/** @param linked whether it stands over a list, so that its own page is somewhere else */
export function OperationView({ id, linked = false }: { id: string; linked?: boolean }) {
  const asked = useQuery(operationQuery(useClient(), id))
  return <Answer asked={asked}>{(call) => <Call call={call} linked={linked} />}</Answer>
}

function Call({ call, linked }: { call: ExecutionDetail; linked: boolean }) {
  return (
    <div className="grid gap-5">
      <div className="flex flex-wrap items-center gap-2">
        <p className="text-[17px] font-semibold break-all">
          <Said>{call.tool}</Said>
        </p>
        <RiskMark risk={call.risk} />
        <span role="status">
          <StateMark state={call.state} />
        </span>
        {linked && (
          <Link to="/operations/$id" params={{ id: call.id }} className="ml-auto text-[13px]">
            {words.operations.page}
          </Link>
        )}
      </div>
      {call.error !== null && (
        <p className="rounded-lg bg-bad-soft px-3 py-2 break-words text-bad">
          <code>{call.error.code}</code>: <Said>{call.error.message}</Said>
        </p>
      )}
      {call.waiting_for !== null && (
        <p className="rounded-lg bg-warn-soft px-3 py-2 text-warn">
          {text.waitingFor}: <Said>{call.waiting_for}</Said>
        </p>
      )}
      {call.state === 'ambiguous' && <p className="rounded-lg bg-bad-soft px-3 py-2 text-bad">{text.ambiguous}</p>}
      <div className="flex flex-wrap items-center gap-2">
        <OperationActions call={call} />
        <CopyCall call={call} />
      </div>
      <div className="grid gap-5 lg:grid-cols-2">
        <Section title={text.call}>
          <div className="card p-4">
            <CallFacts call={call} />
          </div>
        </Section>
        <Section title={text.args}>
          <Json value={call.args} label={text.args} />
        </Section>
      </div>
      {call.result !== null && (
        <Section title={text.result}>
          <Json value={call.result} label={text.result} />
        </Section>
      )}
      <Outputs call={call} />
      <Artifacts call={call.id} artifacts={call.artifacts} />
      <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,1.6fr)_minmax(0,1fr)]">
        <Why call={call} />
        <Transitions call={call} />
      </div>
      <Waterfall call={call} />
      <Approvals call={call} />
      <Attempts call={call} />
      <OperationAudit id={call.id} />
      <CommandLine line={`xeroctl exec show ${call.id}`} />
    </div>
  )
}

/** Of a call that an agent has had. */
function Outputs({ call }: { call: ExecutionDetail }) {
  const { stdout, stderr, notLive } = useOutput(call)
  const live = call.state === 'dispatched' || call.state === 'running'
  if (call.attempts.length === 0) return null
  if (call.output_removed) return <p className="text-[13px] text-soft">{text.outputRemoved}</p>
  return (
    <>
      {live && <Missing what={stateWords.liveOutput} asked={notLive} error={notLive.error} />}
      <OutputView title={text.stdout} output={stdout} name={`${call.id}.stdout.txt`} live={live} />
      {stderr.lines.length > 0 && (
        <OutputView title={text.stderr} output={stderr} name={`${call.id}.stderr.txt`} live={live} />
      )}
      {call.truncated && <p className="text-[13px] text-soft">{text.truncated}</p>}
    </>
  )
}

function CallFacts({ call }: { call: ExecutionDetail }) {
  const optional: [string, React.ReactNode][] = [
    ...(call.reason === null
      ? []
      : [[text.reason, <Said key="reason">{call.reason}</Said>] as [string, React.ReactNode]]),
    ...(call.exit_code === null ? [] : [[text.exit, call.exit_code] as [string, React.ReactNode]]),
    ...(call.credentials_ref === null
      ? []
      : [[text.credentials, <Said key="credentials">{call.credentials_ref}</Said>] as [string, React.ReactNode]]),
    ...(call.legal_hold === null
      ? []
      : [[text.hold, <Said key="hold">{call.legal_hold.reason}</Said>] as [string, React.ReactNode]]),
    ...(call.resolution === null
      ? []
      : [
          [
            text.resolution,
            <Said key="resolution">{`${call.resolution.by_name ?? call.resolution.by}: ${call.resolution.note}`}</Said>,
          ] as [string, React.ReactNode],
        ]),
    ...(call.retries.length === 0
      ? []
      : [
          [
            text.retries,
            <span key="retries" className="grid gap-1">
              {call.retries.map((retry) => (
                <Link key={retry.id} to="/operations/$id" params={{ id: retry.id }} className="break-all">
                  {retry.id} ({words.executionStates[retry.state]})
                </Link>
              ))}
            </span>,
          ] as [string, React.ReactNode],
        ]),
    ...(call.retry_of === null
      ? []
      : [
          [
            text.retryOf,
            <Link key="of" to="/operations/$id" params={{ id: call.retry_of }}>
              {call.retry_of}
            </Link>,
          ] as [string, React.ReactNode],
        ]),
  ]
  return (
    <Facts
      facts={[
        [words.operations.id, <Id key="id" id={call.id} what={words.operations.id} />],
        [
          words.operations.workspace,
          <Link key="workspace" to="/workspaces/$workspaceId" params={{ workspaceId: call.workspace_id }}>
            <Said>{call.workspace}</Said>
          </Link>,
        ],
        [
          text.agent,
          call.agent === null || call.agent_id === null ? (
            words.none
          ) : (
            <Link key="agent" to="/agents/$agentId/workspaces" params={{ agentId: call.agent_id }}>
              <Said>{call.agent}</Said>
            </Link>
          ),
        ],
        [text.requester, <Said key="by">{call.requested_by_name ?? call.requested_by}</Said>],
        [words.operations.started, <When key="at" at={call.created_at} />],
        [words.operations.duration, call.duration_ms === null ? '–' : durationText(call.duration_ms)],
        ...optional,
        [text.digest, <Id key="digest" id={call.digest} what={text.digest} />],
      ]}
    />
  )
}

function Approvals({ call }: { call: ExecutionDetail }) {
  if (call.approvals.length === 0) return null
  return (
    <Section title={text.approvals}>
      <ul className="card divide-y divide-line">
        {call.approvals.map(({ id, state, asked, votes, needs, note }) => (
          <li key={id} className="grid gap-1.5 px-4 py-2.5">
            <p className="flex flex-wrap items-center gap-2">
              <DecisionMark state={state} />
              <span className="text-soft">
                {text.policy(asked.policy, asked.version)} ·{' '}
                {words.approvals.stage(asked.stage + 1, asked.stages, asked.stage_name)}
              </span>
            </p>
            {asked.rules.length > 0 && (
              <p>
                {text.why}: <Said>{asked.rules.map(({ name }) => name).join(', ')}</Said>
              </p>
            )}
            {votes.map((vote) => (
              <p key={`${vote.by} ${vote.at}`} className="flex flex-wrap items-center gap-2">
                <Mark
                  tone={vote.vote === 'approve' ? 'good' : vote.vote === 'reject' ? 'bad' : 'calm'}
                  shape={vote.vote === 'approve' ? 'check' : 'cross'}
                >
                  {vote.vote}
                </Mark>
                <Said>{vote.by_name ?? vote.by}</Said>
                <span className="text-soft">
                  <Ago at={vote.at} />
                </span>
                {vote.note !== null && <Said>{vote.note}</Said>}
              </p>
            ))}
            {votes.length === 0 && note !== null && <Said>{note}</Said>}
            {needs.length > 0 && (
              <p className="text-warn">
                {words.approvals.needs}: <Said>{needs.join('; ')}</Said>
              </p>
            )}
          </li>
        ))}
      </ul>
    </Section>
  )
}

function Attempts({ call }: { call: ExecutionDetail }) {
  if (call.attempts.length < 2) return null
  return (
    <Section title={text.attempts}>
      <ol className="card divide-y divide-line">
        {call.attempts.map((one) => (
          <li key={one.attempt} className="flex flex-wrap items-center gap-2 px-4 py-2">
            <span className="tabular-nums">{one.attempt}</span>
            <Said>{one.agent ?? words.none}</Said>
            {one.outcome !== null && <StateMark state={one.outcome} />}
            <span className="ml-auto text-soft">
              <Ago at={one.dispatched_at} />
            </span>
          </li>
        ))}
      </ol>
    </Section>
  )
}
