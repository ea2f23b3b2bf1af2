import { z } from 'zod'
import { nameSchema, personReferenceSchema } from '../ids.ts'
import { limits } from '../limits.ts'
import { actorNameSchema } from './actor.ts'
import { timestampSchema } from './page.ts'

/** Some people of a project, under a name that policies ask by. */
export const groupSchema = z.object({
  id: z.string(),
  object: z.literal('group'),
  name: nameSchema,
  members: z.array(z.object({ id: z.string(), name: z.string(), email: z.string(), active: z.boolean() })),
  created_by: z.string(),
  created_by_name: actorNameSchema,
  created_at: timestampSchema,
})
export type Group = z.infer<typeof groupSchema>

export const groupCreateSchema = z.strictObject({
  name: nameSchema,
  members: z.array(personReferenceSchema).max(limits.membersPerGroup).default([]),
})

export const groupMemberSchema = z.strictObject({ member: personReferenceSchema })
