// Which projects have what their calls carry encrypted. Each submit asks, so it is in memory: read
// at the start, and set by this router when somebody changes it.
import { selectEncryptingProjects } from '../../store/projects.ts'
import { perProject } from '../per-project.ts'
import type { Records } from '../records.ts'

export interface Encrypting {
  encrypting: {
    has(projectId: string): boolean
    set(projectId: string, on: boolean): void
  }
}

export async function loadEncrypting({ store }: Pick<Records, 'store'>): Promise<Encrypting['encrypting']> {
  const projects = perProject(() => ({ on: false }))
  for (const { id } of await selectEncryptingProjects(store.db)) projects.of(id).on = true
  return {
    has: (projectId) => projects.of(projectId).on,
    set(projectId, on) {
      projects.of(projectId).on = on
    },
  }
}
