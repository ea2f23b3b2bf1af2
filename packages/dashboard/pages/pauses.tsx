import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { Pause } from '@xerotier/protocol/api/pauses.ts'
import { useClient } from '../api/client.ts'
import { pausesQuery } from '../api/queries.ts'
import { Answer, Refused } from '../components/asked.tsx'
import { Heading } from '../components/heading.tsx'
import { CommandLine, Said } from '../components/texts.tsx'
import { Button } from '../ui/button.tsx'
import { Notice, Scroll } from '../ui/state.tsx'
import { Ago, When } from '../ui/time.tsx'
import { words } from '../words/en.ts'

const text = words.pauses

export function Pauses() {
  const asked = useQuery(pausesQuery(useClient()))
  return (
    <>
      <Heading title={text.title} />
      <p className="text-soft">{text.hint}</p>
      <Answer asked={asked} rows={4}>
        {({ data }) =>
          data.length === 0 ? (
            <Notice title={text.empty} />
          ) : (
            <Scroll label={text.title}>
              <table>
                <thead>
                  <tr>
                    <th>{text.target}</th>
                    <th>{text.why}</th>
                    <th className="max-sm:hidden">{text.by}</th>
                    <th className="max-md:hidden">{text.until}</th>
                    <th className="text-right">{words.fleet.actions}</th>
                  </tr>
                </thead>
                <tbody>
                  {data.map((pause) => (
                    <Row key={pause.id} pause={pause} />
                  ))}
                </tbody>
              </table>
            </Scroll>
          )
        }
      </Answer>
      <CommandLine line="xeroctl pauses" />
    </>
  )
}

function targetOf({ agent, workspace, tool }: Pause): string {
  return [agent ?? tool, workspace].filter((part) => part !== null).join(' · ') || text.project
}

function Row({ pause }: { pause: Pause }) {
  const client = useClient()
  const queries = useQueryClient()
  const done = useMutation({
    mutationFn: () => client.call('pauses.end', { params: { id: pause.id } }),
    onSuccess: () =>
      Promise.all(['agents', 'agent', 'overview'].map((key) => queries.invalidateQueries({ queryKey: [key] }))),
  })
  const target = targetOf(pause)
  return (
    <tr>
      <td className="font-medium break-all">
        <Said>{target}</Said>
      </td>
      <td>
        <Said>{[pause.reason, pause.incident].filter((part) => part !== null).join(' · ') || '–'}</Said>
      </td>
      <td className="max-sm:hidden">
        <Said>{pause.paused_by_name ?? pause.paused_by}</Said>, <Ago at={pause.paused_at} />
      </td>
      <td className="max-md:hidden">{pause.ends_at === null ? text.open : <When at={pause.ends_at} />}</td>
      <td className="text-right">
        <Button aria-label={text.endOf(target)} disabled={done.isPending} onClick={() => done.mutate()}>
          {text.end}
        </Button>
        <Refused error={done.error} />
      </td>
    </tr>
  )
}
