// What the policy as it is written would have said of past calls.
import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { PolicyBacktest } from '@xerotier/protocol/api/policies.ts'
import { useState } from 'react'
import { useClient } from '../../api/client.ts'
import { written } from '../../api/policies.ts'
import { Button } from '../../ui/button.tsx'
import { Tall } from '../../ui/state.tsx'
import { Ago } from '../../ui/time.tsx'
import { words } from '../../words/en.ts'
import { Refused } from '../asked.tsx'
import { Choice } from '../choice.tsx'
import { CommandLine, quoted, Said } from '../texts.tsx'
import type { Draft } from './draft.ts'

const text = words.policy
const spans = ['24h', '7d', '30d'] as const
const daysOf = { '24h': 1, '7d': 7, '30d': 30 } as const
/** The rest is said as a number. */
const changesShown = 30

interface Props {
  draft: Draft
  name: string
  workspace: string | undefined
}

export function Backtest({ draft, name, workspace }: Props) {
  const client = useClient()
  const [span, setSpan] = useState<(typeof spans)[number]>('7d')
  const running = useMutation({
    mutationFn: () =>
      client.call('policies.backtest', {
        body: {
          document: written(draft.document),
          ...(workspace === undefined ? {} : { workspace }),
          since: new Date(Date.now() - daysOf[span] * 86_400_000).toISOString(),
        },
      }),
  })
  const place = workspace === undefined ? '' : ` --workspace ${quoted(workspace)}`
  return (
    <div className="grid gap-3">
      <Choice label={text.since} value={span} options={spans} shown={text.spans} onChange={setSpan} />
      <Button
        look="primary"
        disabled={running.isPending}
        why={draft.problems.length > 0 ? text.fixFirst : undefined}
        onClick={() => running.mutate()}
      >
        {text.run}
      </Button>
      <Refused error={running.error} />
      {running.data !== undefined && <Ran result={running.data} />}
      <CommandLine line={`xeroctl approvals policy backtest -f ${name}.json${place} --since ${span}`} />
    </div>
  )
}

function Ran({ result }: { result: PolicyBacktest }) {
  const { calls, truncated, before, after, changes, load } = result
  return (
    <section role="status" aria-label={text.outcome} className="grid gap-3 rounded-lg border border-line p-3">
      <p>
        {text.ran(calls)}. {truncated && text.truncated}
      </p>
      <table>
        <thead>
          <tr>
            <th>{text.outcome}</th>
            <th className="text-right">{text.then}</th>
            <th className="text-right">{text.would}</th>
          </tr>
        </thead>
        <tbody className="tabular-nums">
          {(['allow', 'ask', 'refuse'] as const).map((one) => (
            <tr key={one}>
              <td>{text[one]}</td>
              <td className="text-right">{before[one].toLocaleString()}</td>
              <td className="text-right font-medium">{after[one].toLocaleString()}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="font-medium">{changes.length === 0 ? text.same : text.differs(changes.length)}</p>
      {changes.length > 0 && (
        <Tall label={text.differs(changes.length)}>
          <ul className="grid gap-2">
            {changes.slice(0, changesShown).map((change) => (
              <li key={change.execution_id} className="text-[12.5px]">
                <Link to="/operations/$id" params={{ id: change.execution_id }} className="font-medium">
                  <Said>{change.tool}</Said>
                </Link>{' '}
                <span className="text-soft">
                  <Said>{change.workspace}</Said> · <Ago at={change.at} />
                </span>
                <span className="block break-words">
                  <del className="rounded bg-bad-soft px-1 text-bad">
                    <Said>{change.before}</Said>
                  </del>{' '}
                  <ins className="rounded bg-good-soft px-1 text-good no-underline">
                    <Said>{change.after}</Said>
                  </ins>
                </span>
              </li>
            ))}
          </ul>
        </Tall>
      )}
      {load.length > 0 && (
        <div className="grid gap-1">
          <h3 className="text-[13px] font-semibold text-soft">{text.load}</h3>
          {load.slice(0, 10).map(({ approver, asked }) => (
            <p key={approver} className="flex justify-between gap-3 text-[12.5px] tabular-nums">
              <Said>{approver}</Said> <span>{asked.toLocaleString()}</span>
            </p>
          ))}
        </div>
      )}
    </section>
  )
}
