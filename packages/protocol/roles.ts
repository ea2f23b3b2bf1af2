import { z } from 'zod'

/** What somebody is in a project. Owners decide on every call, members on what was delegated. */
const projectRoles = ['owner', 'member'] as const
export const projectRoleSchema = z.enum(projectRoles)
export type ProjectRole = z.infer<typeof projectRoleSchema>

/** What somebody is for the whole installation; most are nothing. */
const systemRoles = ['admin', 'operator'] as const
export const systemRoleSchema = z.enum(systemRoles)
export type SystemRole = z.infer<typeof systemRoleSchema>

/**
 * By a `grant` an owner lets a member decide. By a `handover` somebody who is away lets another
 * decide in their place.
 */
const delegationKinds = ['grant', 'handover'] as const
export const delegationKindSchema = z.enum(delegationKinds)
export type DelegationKind = z.infer<typeof delegationKindSchema>
