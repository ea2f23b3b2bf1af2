// What the routes of several nouns have in common.
import { z } from 'zod'
import { referenceSchema } from '../ids.ts'

export const inProject = z.object({
  project_id: referenceSchema.describe('The slug or the id of the project, or the id of one of its workspaces.'),
})
export const withId = inProject.extend({ id: referenceSchema })
export const execution = ['execution'] as const
export const management = ['management'] as const
