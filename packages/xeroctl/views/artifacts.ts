import type { Artifact } from '@xerotier/protocol/api/executions.ts'
import type { View } from '../output/view.ts'

export const artifactColumns = [
  { header: 'ID', value: (artifact: Artifact) => artifact.id },
  { header: 'NAME', value: (artifact: Artifact) => artifact.name },
  { header: 'TYPE', value: (artifact: Artifact) => artifact.media_type },
  { header: 'BYTES', value: (artifact: Artifact) => artifact.bytes, right: true },
]

export const artifactView: View<Artifact> = { name: ({ id }) => id, columns: artifactColumns }
