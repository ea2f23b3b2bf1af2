import { z } from 'zod'
import { type Scope, scopes } from './api/scopes.ts'

/** What somebody is in a project. Owners decide on every call, members on what was delegated. */
export const projectRoles = ['owner', 'member'] as const
export const projectRoleSchema = z.enum(projectRoles)
export type ProjectRole = z.infer<typeof projectRoleSchema>

/** What the keys of a role may do at most, whatever their scopes. */
export const scopesOfRole: Record<ProjectRole, readonly Scope[]> = {
  owner: scopes,
  member: ['inference', 'execution'],
}

/** What somebody is for the whole installation; most are nothing. */
export const systemRoles = ['admin', 'operator'] as const
export const systemRoleSchema = z.enum(systemRoles)
export type SystemRole = z.infer<typeof systemRoleSchema>

/**
 * By a `grant` an owner lets a member decide. By a `handover` somebody who is away lets another
 * decide in their place.
 */
export const delegationKinds = ['grant', 'handover'] as const
export const delegationKindSchema = z.enum(delegationKinds)
export type DelegationKind = z.infer<typeof delegationKindSchema>
