import { chooseProject, useSession } from '../api/session.ts'
import { words } from '../words/en.ts'
import { Said } from './texts.tsx'

const text = words.account

/** In which of theirs somebody is. */
export function Projects() {
  const { project, projects } = useSession()
  if (projects.length < 2) return <Said>{project.slug}</Said>
  return (
    <select
      aria-label={text.project}
      className="field !w-56"
      value={project.slug}
      onChange={({ target }) => void chooseProject(target.value)}
    >
      {projects.map(({ id, slug }) => (
        <option key={id}>{slug}</option>
      ))}
    </select>
  )
}
