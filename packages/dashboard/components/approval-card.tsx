// What somebody decides on: exactly what will run comes first, and nothing of it is folded away.
import { Link } from '@tanstack/react-router'
import type { Approval } from '@xerotier/protocol/api/approvals.ts'
import { Mark } from '../ui/mark.tsx'
import { Facts } from '../ui/state.tsx'
import { Ago, leftText, useNow, When } from '../ui/time.tsx'
import { words } from '../words/en.ts'
import { phoneWords } from '../words/en-phone.ts'
import { Decision } from './decision.tsx'
import { RiskMark } from './marks.tsx'
import { SimilarCall } from './similar-call.tsx'
import { Id, Json, Said } from './texts.tsx'

const text = words.approvals

interface Props {
  approval: Approval
  /** Told in words what came of it. */
  decided: (told: string) => void
  next: () => void
}

export function ApprovalCard({ approval, decided, next }: Props) {
  const { tool, risk, args, prompt, agents, workspace, workspace_id, reason, asked, credentials_ref } = approval
  const who = approval.requested_by_name ?? approval.requested_by
  return (
    <article aria-label={tool} className="card grid min-w-0 gap-4 p-4 md:p-5">
      <header className="grid gap-2">
        <div className="flex flex-wrap items-center gap-2">
          <RiskMark risk={risk} />
          <Countdown at={approval.expires_at} />
        </div>
        <h2 className="!text-[19px] !font-semibold break-words !text-ink">
          <Said>{text.question(tool, workspace)}</Said>
        </h2>
        {isOwnWords(approval) && (
          <p className="break-words">
            <Said>{prompt}</Said>
          </p>
        )}
      </header>
      <section className="grid gap-1.5">
        <h3 className="text-[13px] font-semibold text-soft">{text.willRun}</h3>
        <p className="break-all">
          <code className="font-semibold">{tool}</code>
        </p>
        <Json value={args} label={text.willRun} />
      </section>
      <SimilarCall approval={approval} />
      <Facts
        facts={[
          [
            text.where,
            <Link key="where" to="/workspaces/$workspaceId" params={{ workspaceId: workspace_id }}>
              <Said>{workspace}</Said>
            </Link>,
          ],
          [text.on, <Said key="on">{agents.map(({ name }) => name).join(', ') || text.noHost}</Said>],
          [
            text.asked,
            <span key="by">
              <Said>{who}</Said>, <Ago at={approval.requested_at} />
            </span>,
          ],
          ...(reason === null ? [] : [[text.reason, <Said key="reason">{reason}</Said>] as const]),
          ...(credentials_ref === null ? [] : [[text.credentials, <Said key="ref">{credentials_ref}</Said>] as const]),
          ...(asked.rules.length === 0
            ? []
            : [
                [
                  text.rules,
                  <Said key="rules">
                    {asked.rules.map(({ name, error }) => (error === null ? name : `${name} (${error})`)).join(', ')}
                  </Said>,
                ] as const,
              ]),
          [words.operation.digest, <Id key="digest" id={approval.digest} what={words.operation.digest} />],
        ]}
      />
      <Quorum approval={approval} />
      <Decision approval={approval} decided={decided} next={next} />
    </article>
  )
}

/** A prompt that says no more than what stands below is not shown twice. */
function isOwnWords({ prompt, tool, risk }: Approval): boolean {
  return !prompt.startsWith(`Run ${tool} (${risk}) with`)
}

/** By the router's clock, with the time itself beside it. */
function Countdown({ at }: { at: string }) {
  const left = Date.parse(at) - useNow()
  const isSoon = left < 120_000
  return (
    <span className={`text-[13px] tabular-nums ${isSoon ? 'font-semibold text-bad' : 'text-soft'}`}>
      {text.expiresIn(leftText(left))} (<When at={at} />)
    </span>
  )
}

/** Who has voted, and who still has to. */
function Quorum({ approval: { asked, votes, recommendations, needs } }: { approval: Approval }) {
  const approved = new Set(
    votes.filter(({ vote, stage }) => vote === 'approve' && stage === asked.stage).map(({ by }) => by),
  ).size
  return (
    <div className="grid gap-1.5 rounded-lg bg-raised px-3 py-2.5">
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="font-medium">{text.stage(asked.stage + 1, asked.stages, asked.stage_name)}</span>
        <span className="text-soft tabular-nums">{text.quorum(approved, asked.places)}</span>
        <span aria-hidden="true" className="flex gap-1">
          {Array.from({ length: Math.min(asked.places, 12) }, (_, at) => (
            <span
              key={`place ${at.toString()}`}
              className={`size-2.5 rounded-full border border-good ${at < approved ? 'bg-good' : ''}`}
            />
          ))}
        </span>
      </p>
      {votes.map((vote) => (
        <p key={`${vote.by} ${vote.at}`} className="flex flex-wrap items-center gap-2 text-[13px]">
          <Mark tone={vote.vote === 'approve' ? 'good' : 'calm'} shape={vote.vote === 'approve' ? 'check' : 'cross'}>
            {vote.vote}
          </Mark>
          <Said>{vote.by_name ?? vote.by}</Said>
          {vote.passkey !== null && <Said>{phoneWords.confirm.confirmed(vote.passkey.name)}</Said>}
          {vote.note !== null && <Said>{vote.note}</Said>}
        </p>
      ))}
      {recommendations.map(({ by, by_name, at, recommendation, note }) => (
        <p key={`${by} ${at}`} className="flex flex-wrap items-center gap-2 text-[13px] text-soft">
          <Said>{by_name ?? by}</Said>
          {text.recommends(recommendation)}
          <Said>{note}</Said>
        </p>
      ))}
      {needs.length > 0 && (
        <p className="text-[13px]">
          {text.needs}: <Said>{needs.join('; ')}</Said>
        </p>
      )}
    </div>
  )
}
