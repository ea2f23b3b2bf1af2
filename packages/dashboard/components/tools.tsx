import type { AgentDetail } from '@xerotier/protocol/api/agents.ts'
import { Scroll, Section } from '../ui/state.tsx'
import { words } from '../words/en.ts'
import { RiskMark } from './marks.tsx'
import { Said } from './texts.tsx'

const text = words.agent

export function Tools({
  tools,
}: {
  tools: readonly { name: string; risk: AgentDetail['tools'][number]['risk']; description: string }[]
}) {
  return (
    <Section title={`${text.tools} (${tools.length})`}>
      {tools.length === 0 ? (
        <p className="card p-4 text-soft">{text.noTools}</p>
      ) : (
        <Scroll label={text.tools}>
          <table>
            <thead>
              <tr>
                <th>{words.operations.tool}</th>
                <th>{text.risk}</th>
                <th className="max-sm:hidden">{text.description}</th>
              </tr>
            </thead>
            <tbody>
              {tools.map(({ name, risk, description }) => (
                <tr key={name}>
                  <td className="font-medium break-all">
                    <Said>{name}</Said>
                  </td>
                  <td>
                    <RiskMark risk={risk} />
                  </td>
                  <td className="text-soft max-sm:hidden">
                    <Said>{description}</Said>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </Section>
  )
}
