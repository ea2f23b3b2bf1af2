import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { JoinKey } from '@xerotier/protocol/api/join-keys.ts'
import { useClient } from '../api/client.ts'
import { agentsQuery, joinKeysQuery } from '../api/queries.ts'
import { useSearchChange } from '../api/search.ts'
import { Answer, Refused } from '../components/asked.tsx'
import { Candidates } from '../components/candidates.tsx'
import { Heading } from '../components/heading.tsx'
import { useHindrance } from '../components/hindrance.ts'
import { JoinKeyDialog } from '../components/join-key-dialog.tsx'
import { HealthMark } from '../components/marks.tsx'
import { Id, Said } from '../components/texts.tsx'
import { Button } from '../ui/button.tsx'
import { Mark } from '../ui/mark.tsx'
import { Scroll, Section } from '../ui/state.tsx'
import { Ago, leftText, useNow } from '../ui/time.tsx'
import { words } from '../words/en.ts'

const text = words.agents
const route = getRouteApi('/frame/agents')

export interface ActionSearch {
  /** What is opened over the view. */
  do?: string | undefined
}

export function Agents() {
  const { do: action }: ActionSearch = route.useSearch()
  const change = useSearchChange()
  const hindrance = useHindrance('management')
  const minting = action === 'mint' && hindrance === undefined
  const setMinting = (on: boolean) => change({ do: on ? 'mint' : undefined }, true)
  return (
    <>
      <Heading title={text.title}>
        <Button look="primary" why={hindrance} onClick={() => setMinting(true)}>
          {text.mint}
        </Button>
      </Heading>
      {minting && <JoinKeyDialog close={() => setMinting(false)} />}
      <Candidates />
      <Enrolled />
      <JoinKeys />
    </>
  )
}

function Enrolled() {
  const asked = useQuery(agentsQuery(useClient()))
  return (
    <Section title={text.enrolled}>
      <Answer asked={asked} rows={4}>
        {(agents) =>
          agents.length === 0 ? (
            <p className="card p-4 text-soft">{words.fleet.emptyHint}</p>
          ) : (
            <Scroll label={text.enrolled}>
              <table>
                <thead>
                  <tr>
                    <th>{words.fleet.name}</th>
                    <th>{words.fleet.status}</th>
                    <th className="max-md:hidden">{words.id}</th>
                    <th className="max-sm:hidden">{words.fleet.region}</th>
                    <th className="max-md:hidden">{words.agent.manifest}</th>
                    <th className="text-right">{text.since}</th>
                  </tr>
                </thead>
                <tbody>
                  {agents.map((agent) => (
                    <tr key={agent.id} className="hover:bg-raised">
                      <td>
                        <Link to="/agents/$agentId" params={{ agentId: agent.id }} className="font-medium break-all">
                          <Said>{agent.name}</Said>
                        </Link>
                        <span className="block text-[12.5px] text-soft">
                          <Said>{agent.description ?? ''}</Said>
                        </span>
                      </td>
                      <td>
                        <HealthMark health={agent.health} />
                      </td>
                      <td className="max-md:hidden">
                        <Id id={agent.id} what={words.fleet.name} />
                      </td>
                      <td className="max-sm:hidden">
                        <Said>{agent.region}</Said>
                      </td>
                      <td className="tabular-nums max-md:hidden">{agent.manifest_version ?? '–'}</td>
                      <td className="text-right">
                        <Ago at={agent.enrolled_at} />
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </Scroll>
          )
        }
      </Answer>
    </Section>
  )
}

function JoinKeys() {
  const asked = useQuery(joinKeysQuery(useClient()))
  return (
    <Section title={text.keys}>
      <Answer asked={asked} rows={3}>
        {({ data }) =>
          data.length === 0 ? (
            <p className="card p-4 text-soft">{text.noKeys}</p>
          ) : (
            <Scroll label={text.keys}>
              <table>
                <thead>
                  <tr>
                    <th>{words.fleet.name}</th>
                    <th>{text.state}</th>
                    <th className="max-sm:hidden">{words.fleet.region}</th>
                    <th className="text-right">{text.expires}</th>
                    <th className="text-right">{words.fleet.actions}</th>
                  </tr>
                </thead>
                <tbody>
                  {data.map((key) => (
                    <KeyRow key={key.id} joinKey={key} />
                  ))}
                </tbody>
              </table>
            </Scroll>
          )
        }
      </Answer>
    </Section>
  )
}

function KeyRow({ joinKey }: { joinKey: JoinKey }) {
  const client = useClient()
  const queries = useQueryClient()
  const left = Date.parse(joinKey.expires_at) - useNow()
  const done = useMutation({
    mutationFn: () => client.call('joinKeys.revoke', { params: { id: joinKey.id } }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['join-keys'] }),
  })
  const isOpen = joinKey.consumed_at === null && joinKey.revoked_at === null && left > 0
  return (
    <tr>
      <td className="min-w-28 break-words">
        <Said>{joinKey.name}</Said>
      </td>
      <td>
        <Mark
          tone={isOpen ? 'accent' : 'calm'}
          shape={isOpen ? 'ring' : joinKey.consumed_at === null ? 'cross' : 'check'}
        >
          {joinKey.state}
        </Mark>
      </td>
      <td className="max-sm:hidden">
        <Said>{joinKey.region}</Said>
      </td>
      <td className="text-right tabular-nums">{isOpen ? leftText(left) : '–'}</td>
      <td className="text-right">
        {isOpen && (
          <Button
            look="danger"
            aria-label={text.revokeOf(joinKey.name)}
            disabled={done.isPending}
            onClick={() => done.mutate()}
          >
            {text.revoke}
          </Button>
        )}
        <Refused error={done.error} />
      </td>
    </tr>
  )
}
