import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useClient } from '../api/client.ts'
import { policyQuery } from '../api/policies.ts'
import { Answer } from '../components/asked.tsx'
import { Heading } from '../components/heading.tsx'
import { OpenPolicy } from '../components/workspace/policy.tsx'

const route = getRouteApi('/frame/policies/$policy')

export function Policy() {
  const { policy } = route.useParams()
  const asked = useQuery(policyQuery(useClient(), policy))
  return (
    <>
      <Heading title={policy} />
      <Answer asked={asked}>
        {({ workspace }) => <OpenPolicy name={policy} workspace={workspace ?? undefined} />}
      </Answer>
    </>
  )
}
