// Who is asked one after the other, and what becomes of a call when nobody answers.

import { duration } from '@xerotier/protocol/duration.ts'
import { Fragment } from 'react'
import { isMembers, type Members } from '../../ui/json-schema.ts'
import { words } from '../../words/en.ts'
import { Said } from '../texts.tsx'

const text = words.policy

interface Step {
  title: string
  lines: readonly string[]
}

/** As the document says, for both risks that are asked about. */
export function Chain({ document }: { document: Members }) {
  return (
    <div className="grid gap-4">
      {(['destructive', 'irreversible'] as const).map((risk) => (
        <section key={risk} aria-label={text.chainOf(words.risks[risk])} className="grid gap-2">
          <h3 className="text-[13px] font-semibold text-soft">{text.chainOf(words.risks[risk])}</h3>
          <Steps steps={stepsOf(document, risk)} />
        </section>
      ))}
    </div>
  )
}

export function Steps({ steps }: { steps: readonly Step[] }) {
  return (
    <ol className="grid justify-items-start gap-1">
      {steps.map(({ title, lines }, at) => (
        <Fragment key={`step ${at.toString()}`}>
          {at > 0 && (
            <li aria-hidden="true" className="pl-5 text-soft">
              ↓
            </li>
          )}
          <li
            className={`w-full rounded-lg border px-3 py-2 ${lines.length === 0 ? 'border-line bg-raised' : 'border-field bg-card'}`}
          >
            <p className="font-medium break-words">
              <Said>{title}</Said>
            </p>
            {lines.map((line) => (
              <p key={line} className="text-[12.5px] break-words text-soft">
                <Said>{line}</Said>
              </p>
            ))}
          </li>
        </Fragment>
      ))}
    </ol>
  )
}

function stepsOf(document: Members, risk: 'destructive' | 'irreversible'): Step[] {
  const seconds = Number(document[`timeout_seconds_${risk}`] ?? 0)
  const rejects = document[`on_timeout_${risk}`] === 'reject'
  const stages = Array.isArray(document.stages) ? document.stages.filter(isMembers) : []
  const own = document[`approvers_${risk}`]
  const among = isMembers(own) ? [`${text.label(`approvers_${risk}`)}: ${approversText(own.approvers)}`] : []
  const asked: Step[] =
    stages.length === 0
      ? [{ title: text.anyStage, lines: [text.anyone, ...among, quorumText(document.quorum), waits(seconds)] }]
      : stages.map((stage, at) => ({
          title: text.stageNth(at + 1, typeof stage.name === 'string' ? stage.name : ''),
          lines: [
            approversText(stage.approvers),
            ...among,
            quorumText(stage.quorum ?? document.quorum),
            waits(Number(stage.seconds ?? seconds)),
          ],
        }))
  if (rejects) return [...asked, { title: text.thenReject, lines: [] }]
  // Owners stand in where the policy names who decides.
  const owners = stages.length === 0 ? [] : [{ title: text.thenEscalate, lines: [waits(seconds)] }]
  return [...asked, ...owners, { title: text.thenExpire, lines: [] }]
}

const waits = (seconds: number) => text.waits(duration(seconds))
const quorumText = (quorum: unknown) => text.quorum(quorum === 'each_group' ? 'each_group' : Number(quorum ?? 1))

function approversText(approvers: unknown): string {
  if (!isMembers(approvers)) return text.anyone
  return Object.entries(approvers)
    .map(([kind, list]) => `${text.label(kind)}: ${Array.isArray(list) ? list.join(', ') : ''}`)
    .join(' · ')
}
