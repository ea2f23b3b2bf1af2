import { text, words } from '../../options.ts'

export const recordFilters = {
  actor: text('Only what they did: person (id or e-mail), key or agent (id or name)', { placeholder: 'who' }),
  subject: text('Only what concerns it: an execution, approval, agent, key, person, workspace, or any id', {
    placeholder: 'what',
  }),
  kind: words('Only these kinds (agent.paused), or all that begin so (agent)'),
}

export function recordQuery({
  kind,
  ...rest
}: {
  actor: string | undefined
  subject: string | undefined
  kind: readonly string[]
}) {
  return { ...rest, kind: kind.join(',') || undefined }
}
