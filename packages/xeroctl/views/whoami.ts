import type { Whoami } from '@xerotier/protocol/api/whoami.ts'
import type { RecordView } from '../output/view.ts'
import { quietText } from './quiet-hours.ts'

export const whoamiRecord: RecordView<Whoami> = {
  name: ({ person, key }) => person?.email ?? key?.id ?? '',
  detail: ({ project, project_id, person, key, door }) => ({
    fields: [
      ['Person', person === null ? 'nobody: a service key' : `${person.name} (${person.id})`],
      ['E-mail', person?.email ?? null],
      ['Role', person?.role ?? null],
      ['System role', person?.system_role ?? null],
      ['Groups', person === null ? null : person.groups.join(', ') || 'none'],
      ['Quiet hours', person === null ? null : quietText(person.quiet_hours)],
      ['Project', `${project} (${project_id})`],
      ['Key', key && `${key.name} (${key.id})`],
      ['Scopes', key?.scopes.join(', ') ?? null],
      ['Workspaces', key?.workspaces?.map(({ name }) => name).join(', ') ?? 'all'],
      ['Expires', { due: key?.expires_at ?? null }],
      ['Door', door],
    ],
  }),
}
