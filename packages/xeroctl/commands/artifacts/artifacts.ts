import { group } from '../../command.ts'
import { artifactsGet } from './get.ts'
import { artifactsList } from './list.ts'

export const artifacts = group({
  name: 'artifacts',
  summary: 'What calls have made besides their output',
  members: [artifactsList, artifactsGet],
  bare: { list: artifactsList },
})
