// A call in, what the policy says of it out, rule by rule.
import { useMutation, useQuery } from '@tanstack/react-query'
import type { PolicyDecision } from '@xerotier/protocol/api/policies.ts'
import { duration } from '@xerotier/protocol/duration.ts'
import { useState } from 'react'
import { useClient } from '../../api/client.ts'
import { toolsQuery, written } from '../../api/policies.ts'
import { risks } from '../../api/protocol.data.ts'
import { workspacesQuery } from '../../api/queries.ts'
import { Button } from '../../ui/button.tsx'
import { Field } from '../../ui/field.tsx'
import { isMembers } from '../../ui/json-schema.ts'
import { Mark } from '../../ui/mark.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { words } from '../../words/en.ts'
import { Refused } from '../asked.tsx'
import { RiskMark } from '../marks.tsx'
import { CommandLine, quoted, Said } from '../texts.tsx'
import { Steps } from './chain.tsx'
import type { Draft } from './draft.ts'

const text = words.policy

interface Props {
  draft: Draft
  name: string
  workspace: string | undefined
}

export function TryCall({ draft, name, workspace }: Props) {
  const client = useClient()
  const { data: workspaces } = useQuery(workspacesQuery(client))
  const [place, setPlace] = useState(workspace ?? '')
  const where = place || (workspaces?.[0]?.name ?? '')
  const [tool, setTool] = useState('')
  const [args, setArgs] = useState('{}')
  const [risk, setRisk] = useState('')
  const [requester, setRequester] = useState('')
  const given = argumentsOf(args)
  const trying = useMutation({
    mutationFn: () =>
      client.call('policies.test', {
        body: {
          document: written(draft.document),
          workspace: where,
          tool,
          args: given ?? {},
          ...(risk === '' ? {} : { risk: risks.find((one) => one === risk) }),
          ...(requester.trim() === '' ? {} : { requester: requester.trim() }),
        },
      }),
  })
  const line = [
    `xeroctl approvals policy test -f ${name}.json --workspace ${quoted(where)} --tool ${quoted(tool || '<tool>')}`,
    ...(args.trim() === '{}' ? [] : [`--args ${quoted(args)}`]),
    ...(risk === '' ? [] : [`--risk ${risk}`]),
    ...(requester.trim() === '' ? [] : [`--requester ${quoted(requester.trim())}`]),
  ]
  return (
    <form
      className="grid gap-3"
      onSubmit={(event) => {
        event.preventDefault()
        trying.mutate()
      }}
    >
      {workspace === undefined && (
        <Field label={words.operations.workspace}>
          {(ids) => (
            <select {...ids} className="field" value={where} onChange={({ target }) => setPlace(target.value)}>
              {(workspaces ?? []).map((one) => (
                <option key={one.id}>{one.name}</option>
              ))}
            </select>
          )}
        </Field>
      )}
      <ToolField workspace={where} tool={tool} setTool={setTool} />
      <Field label={text.args} error={given === undefined ? text.argsWrong : undefined}>
        {(ids) => (
          <textarea
            {...ids}
            rows={3}
            spellCheck={false}
            className="field font-mono text-[12.5px]"
            value={args}
            onChange={({ target }) => setArgs(target.value)}
          />
        )}
      </Field>
      <div className="grid gap-3 sm:grid-cols-2">
        <Field label={text.riskOf}>
          {(ids) => (
            <select {...ids} className="field" value={risk} onChange={({ target }) => setRisk(target.value)}>
              <option value="">{text.ofTool}</option>
              {risks.map((one) => (
                <option key={one} value={one}>
                  {words.risks[one]}
                </option>
              ))}
            </select>
          )}
        </Field>
        <TextField label={text.requester} hint={text.requesterHint} value={requester} onText={setRequester} />
      </div>
      <Refused error={trying.error} />
      <Button
        type="submit"
        look="primary"
        disabled={trying.isPending || given === undefined}
        why={draft.problems.length > 0 ? text.fixFirst : undefined}
      >
        {text.try}
      </Button>
      {trying.data !== undefined && <Outcome decision={trying.data} />}
      <CommandLine line={line.join(' ')} />
    </form>
  )
}

interface ToolProps {
  workspace: string
  tool: string
  setTool: (tool: string) => void
}

/** Any; those that agents offer there are named. */
function ToolField({ workspace, tool, setTool }: ToolProps) {
  const { data: tools } = useQuery({ ...toolsQuery(useClient(), workspace), enabled: workspace !== '' })
  return (
    <Field label={text.tool}>
      {(ids) => (
        <>
          <input
            {...ids}
            required
            list={`${ids.id}-tools`}
            className="field font-mono"
            autoComplete="off"
            value={tool}
            onChange={({ target }) => setTool(target.value)}
          />
          <datalist id={`${ids.id}-tools`}>
            {(tools?.data ?? []).map((one) => (
              <option key={one.name} value={one.name} />
            ))}
          </datalist>
        </>
      )}
    </Field>
  )
}

function argumentsOf(json: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(json)
    return isMembers(value) ? value : undefined
  } catch {
    return undefined
  }
}

const looks = { allow: ['good', 'check'], ask: ['warn', 'diamond'], refuse: ['bad', 'cross'] } as const

function Outcome({ decision }: { decision: PolicyDecision }) {
  const [tone, shape] = looks[decision.decision]
  return (
    <section aria-label={text.outcome} role="status" className="grid gap-3 rounded-lg border border-line p-3">
      <p className="flex flex-wrap items-center gap-2">
        <Mark tone={tone} shape={shape}>
          {text.decisions[decision.decision]}
        </Mark>
        <RiskMark risk={decision.tool_risk} />
        {decision.risk !== decision.tool_risk && (
          <>
            {text.treatedAs} <RiskMark risk={decision.risk} />
          </>
        )}
      </p>
      {decision.reasons.map((reason) => (
        <p key={reason}>
          <Said>{reason}</Said>
        </p>
      ))}
      {decision.rules.length > 0 && (
        <ul aria-label={text.rulesSaid} className="grid gap-2">
          {decision.rules.map(({ name, matched, why }) => (
            <li key={name} className="grid gap-0.5">
              <span className="flex flex-wrap items-center gap-2">
                <Mark tone={matched ? 'accent' : 'calm'} shape={matched ? 'check' : 'ring'}>
                  {matched ? text.matched : text.unmatched}
                </Mark>
                <span className="font-medium">
                  <Said>{name}</Said>
                </span>
              </span>
              <span className="text-[12.5px] break-words text-soft">
                <Said>{why}</Said>
              </span>
            </li>
          ))}
        </ul>
      )}
      {decision.windows.map(({ name, closed }) => (
        <p key={name} className="flex flex-wrap items-center gap-2">
          <Mark tone={closed ? 'warn' : 'good'} shape={closed ? 'bars' : 'check'}>
            {closed ? text.closedNow : text.openNow}
          </Mark>
          <Said>{name}</Said>
        </p>
      ))}
      {decision.stages.length > 0 && (
        <Steps
          steps={[
            ...decision.stages.map(({ name, needs, seconds }, at) => ({
              title: text.stageNth(at + 1, name),
              lines: [...needs, text.waits(duration(seconds))],
            })),
            { title: decision.on_timeout === 'reject' ? text.thenReject : text.thenExpire, lines: [] },
          ]}
        />
      )}
    </section>
  )
}
