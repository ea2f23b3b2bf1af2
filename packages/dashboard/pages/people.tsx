// Who belongs to the project, in which groups, who was invited, and who decides for whom: for
// owners.
import { useQuery } from '@tanstack/react-query'
import { useClient } from '../api/client.ts'
import { membersQuery } from '../api/queries.ts'
import { Answer } from '../components/asked.tsx'
import { Heading } from '../components/heading.tsx'
import { Delegations } from '../components/people/delegations.tsx'
import { Groups } from '../components/people/groups.tsx'
import { Invitations } from '../components/people/invitations.tsx'
import { MemberSessions } from '../components/people/member-sessions.tsx'
import { Members } from '../components/people/members.tsx'
import { words } from '../words/en.ts'

export function People() {
  const asked = useQuery(membersQuery(useClient()))
  return (
    <>
      <Heading title={words.people.title} />
      <Answer asked={asked} rows={4}>
        {(members) => (
          <>
            <Members members={members} />
            <Invitations />
            <Groups members={members} />
            <Delegations members={members} />
            <MemberSessions />
          </>
        )}
      </Answer>
    </>
  )
}
