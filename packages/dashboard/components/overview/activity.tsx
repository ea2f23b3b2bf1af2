// What became of the calls of the last day.
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useClient } from '../../api/client.ts'
import { executionStates } from '../../api/protocol.data.ts'
import { historyQuery } from '../../api/queries.ts'
import { Section } from '../../ui/state.tsx'
import { words } from '../../words/en.ts'
import { Answer } from '../asked.tsx'
import { StateMark } from '../marks.tsx'

const text = words.overview

export function Activity() {
  const asked = useQuery(historyQuery(useClient()))
  return (
    <Section
      title={text.activity}
      actions={
        <Link to="/operations" search={{ since: '24h' }}>
          {text.all}
        </Link>
      }
    >
      <Answer asked={asked} rows={2}>
        {({ activity: { calls, truncated, by_state } }) =>
          calls === 0 ? (
            <p className="card p-4 text-soft">{text.noActivity}</p>
          ) : (
            <div className="card flex flex-wrap items-center gap-x-5 gap-y-2 p-4">
              <span className="font-medium">{text.calls(calls, truncated)}</span>
              {executionStates.map((state) => {
                const count = by_state[state] ?? 0
                return count === 0 ? null : (
                  <Link
                    key={state}
                    to="/operations"
                    search={{ status: state, since: '24h' }}
                    className="inline-flex items-center gap-1.5 text-ink"
                  >
                    <StateMark state={state} />
                    <span className="tabular-nums">{count.toLocaleString()}</span>
                  </Link>
                )
              })}
            </div>
          )
        }
      </Answer>
    </Section>
  )
}
