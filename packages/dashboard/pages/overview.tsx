import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useClient } from '../api/client.ts'
import { failuresQuery, healthQuery, may } from '../api/queries.ts'
import { useSession } from '../api/session.ts'
import { Answer } from '../components/asked.tsx'
import { Heading } from '../components/heading.tsx'
import { OperationRows } from '../components/operation-rows.tsx'
import { Activity } from '../components/overview/activity.tsx'
import { Cards } from '../components/overview/cards.tsx'
import { Needs } from '../components/overview/needs.tsx'
import { Mark } from '../ui/mark.tsx'
import { Facts, Section } from '../ui/state.tsx'
import { words } from '../words/en.ts'

const text = words.overview

export function Overview() {
  const client = useClient()
  const manages = may(useSession(), 'management')
  const health = useQuery({ ...healthQuery(client), enabled: manages })
  const failures = useQuery(failuresQuery(client))
  return (
    <>
      <Heading title={words.tabs.overview} />
      <Cards />
      <Needs />
      {manages && <Activity />}
      <Section
        title={text.failures}
        actions={
          <Link to="/operations" search={{ status: 'failed,timeout' }}>
            {text.all}
          </Link>
        }
      >
        <Answer asked={failures} rows={3}>
          {({ data }) =>
            data.length === 0 ? <p className="card p-4 text-soft">{text.noFailures}</p> : <OperationRows rows={data} />
          }
        </Answer>
      </Section>
      {manages && (
        <Section title={text.health}>
          <Answer asked={health} rows={4}>
            {({ services }) => (
              <div className="card p-4">
                <Facts
                  facts={services.map(({ name, status, detail }) => [
                    text.service[name],
                    <span key={name} className="inline-flex flex-wrap items-center gap-2">
                      <Mark tone={status === 'ok' ? 'good' : 'bad'} shape={status === 'ok' ? 'check' : 'cross'}>
                        {text[status]}
                      </Mark>
                      <span className="text-soft">{detail}</span>
                    </span>,
                  ])}
                />
              </div>
            )}
          </Answer>
        </Section>
      )}
    </>
  )
}
