// What a notification was about, where it waits for nobody any more, or waits in another project.
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useClient } from '../api/client.ts'
import { chooseProject, useSession } from '../api/session.ts'
import { Button } from '../ui/button.tsx'
import { Ago } from '../ui/time.tsx'
import { phoneWords } from '../words/en-phone.ts'
import { Answer } from './asked.tsx'
import { DecisionMark } from './marks.tsx'
import { Said } from './texts.tsx'

const text = phoneWords.cameFor

export function CameFor({ id, project }: { id: string; project: string }) {
  const session = useSession()
  if (project === session.project.slug) return <Decided id={id} />
  const isTheirs = session.projects.some(({ slug }) => slug === project)
  const path = `approvals?${new URLSearchParams({ id, project })}`
  return (
    <section aria-label={text.elsewhere} className="card grid justify-items-start gap-3 p-4">
      <p>
        <Said>{isTheirs ? text.inProject(project) : text.noMember(project)}</Said>
      </p>
      {isTheirs && (
        <Button look="primary" large onClick={() => void chooseProject(project, path)}>
          {text.look(project)}
        </Button>
      )}
    </section>
  )
}

function Decided({ id }: { id: string }) {
  const client = useClient()
  const asked = useQuery({
    queryKey: ['approval', client.project, id],
    queryFn: ({ signal }) => client.call('approvals.show', { params: { id }, signal }),
  })
  return (
    <Answer asked={asked} rows={2}>
      {({ tool, workspace, state, decided_by, decided_by_name, decided_at, execution_id }) => (
        <section aria-label={text.over} className="card grid gap-2 p-4">
          <p className="font-medium">{text.over}</p>
          <p>
            <Said>{tool}</Said> · <Said>{workspace}</Said>
          </p>
          <p className="flex flex-wrap items-center gap-2">
            <DecisionMark state={state} />
            {decided_by !== null && <Said>{text.by(decided_by_name ?? decided_by)}</Said>}
            {decided_at !== null && <Ago at={decided_at} />}
          </p>
          <Link to="/operations/$id" params={{ id: execution_id }} className="justify-self-start py-2">
            {text.call}
          </Link>
        </section>
      )}
    </Answer>
  )
}
