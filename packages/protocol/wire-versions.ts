// Which version of the wire two sides speak with each other (SPEC.md, section 8).
import { z } from 'zod'
import { limits } from './limits.ts'

const versionSchema = z.int().min(1).max(limits.wireVersions)

/** All versions from one to another. */
export const wireVersionsSchema = z
  .object({ oldest: versionSchema, newest: versionSchema })
  .refine(({ oldest, newest }) => oldest <= newest, 'oldest must not be newer than newest')
export type WireVersions = z.infer<typeof wireVersionsSchema>

export function speaks({ oldest, newest }: WireVersions, version: number): boolean {
  return version >= oldest && version <= newest
}

/** The newest that both speak; undefined where there is none. */
export function agreedVersion(some: WireVersions, others: WireVersions): number | undefined {
  const newest = Math.min(some.newest, others.newest)
  return speaks(some, newest) && speaks(others, newest) ? newest : undefined
}

/** Why router and agent have no version in common, and which of them to upgrade. */
export function disagreementOf(router: WireVersions, agent: WireVersions): string {
  const older = agent.newest < router.oldest ? 'agent' : 'router'
  return `The router speaks ${textOf(router)} of the wire, the agent ${textOf(agent)}: upgrade the ${older}.`
}

function textOf({ oldest, newest }: WireVersions): string {
  return oldest === newest ? `version ${oldest}` : `versions ${oldest} to ${newest}`
}
