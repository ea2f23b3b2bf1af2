import { useMutation } from '@tanstack/react-query'
import { chooseProject, useSession } from '../api/session.ts'
import { words } from '../words/en.ts'
import { Refused } from './asked.tsx'
import { Said } from './texts.tsx'

const text = words.account

interface Props {
  /** Without a frame, where the name of the project stands in the header. */
  bare?: boolean
}

/**
 * In which of theirs somebody is. The session says it, not the address: whoever changes it changes
 * it for all tabs of the browser, and begins at the overview there.
 */
export function Projects({ bare = false }: Props) {
  const { project, projects } = useSession()
  const choosing = useMutation({ mutationFn: (id: string) => chooseProject(id) })
  if (projects.length < 2)
    return (
      <span className="min-w-0 truncate" title={project.name}>
        <Said>{project.slug}</Said>
      </span>
    )
  return (
    <span className="grid min-w-0 gap-1">
      <select
        aria-label={text.project}
        title={project.name}
        className={bare ? 'switcher' : 'field !w-56'}
        value={project.slug}
        disabled={choosing.isPending}
        onChange={({ target }) => choosing.mutate(target.value)}
      >
        {projects.map(({ id, slug }) => (
          <option key={id}>{slug}</option>
        ))}
      </select>
      <Refused error={choosing.error} />
    </span>
  )
}
