import type { Delegation, delegationCreateSchema } from '@xerotier/protocol/api/delegations.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import type { z } from 'zod'
import type { Tx } from '../../../store/database.ts'
import type { MemberRow } from '../../../store/members.ts'
import type { Member } from '../../actor.ts'
import { namedWorkspaces } from '../../directory/named-workspaces.ts'
import type { Directory } from '../../directory/workspaces.ts'
import { newId } from '../../ids.ts'
import type { Records } from '../../records.ts'
import { changePeople } from '../change.ts'
import { findMember } from '../find.ts'
import type { People } from '../people.ts'
import { readPeople } from '../read.ts'
import { closesCircle } from './circle.ts'
import { findDelegation, presentDelegation } from './read.ts'

type Body = z.output<typeof delegationCreateSchema>

/**
 * An owner lets a member decide, or somebody who will be away hands over.
 * @throws Fault member_not_found, workspace_not_found, delegation_cycle, limit_reached
 * @throws Fault invalid_body for times, or for people who have nothing to give or to get by it
 */
export async function createDelegation(core: Records & Directory, actor: Member, body: Body): Promise<Delegation> {
  const { projectId: project_id } = actor
  const workspaces = body.workspaces === undefined ? null : await namedWorkspaces(core, project_id, body.workspaces)
  return changePeople(core, actor, async ({ tx, now, append }) => {
    const times = timesOf(body, now)
    const people = await readPeople(tx, project_id, now)
    const { from, to } = await sidesOf(tx, actor, body)
    mustFit(people, body.kind, { from, to, ...times })
    const id = newId('dlg', now.getTime())
    await tx
      .insertInto('delegations')
      .values({
        id,
        project_id,
        kind: body.kind,
        from_user: from.id,
        to_user: to.id,
        risks: body.risks === undefined ? null : [...new Set(body.risks)],
        workspaces: workspaces === null ? null : JSON.stringify(workspaces),
        starts_at: times.starts,
        ends_at: times.ends,
        note: body.note ?? null,
        created_by: actor.id,
        created_at: now,
      })
      .execute()
    append({
      project_id,
      kind: 'delegation.created',
      actor,
      data: {
        ...{ delegation_id: id, kind: body.kind, from: from.id, to: to.id, risks: body.risks ?? null, workspaces },
        ...{ starts_at: times.starts.toISOString(), ends_at: times.ends.toISOString() },
      },
    })
    return presentDelegation(await findDelegation(tx, project_id, id), { people, now: now.getTime() })
  })
}

interface Times {
  starts: Date
  ends: Date
}

function timesOf({ starts_at, ends_at }: Body, now: Date): Times {
  const [starts, ends] = [starts_at === undefined ? now : new Date(starts_at), new Date(ends_at)]
  const wrong = (param: string, what: string) => new Fault('invalid_body', { param, message: `${param}: ${what}` })
  if (ends <= now) throw wrong('ends_at', 'must lie in the future')
  if (ends <= starts) throw wrong('ends_at', 'must lie after starts_at')
  const days = limits.delegationDaysMax
  if (ends.getTime() - now.getTime() > days * 86_400_000) throw wrong('ends_at', `must lie within ${days} days`)
  return { starts, ends }
}

interface Sides {
  from: MemberRow
  to: MemberRow
}

async function sidesOf(tx: Tx, actor: Member, { from: given, to }: Body): Promise<Sides> {
  const from = given ?? (actor.kind === 'person' ? actor.id : undefined)
  if (from === undefined) {
    throw new Fault('invalid_body', { param: 'from', message: 'from: a service key must say whose right it is' })
  }
  const { projectId } = actor
  return { from: await findMember(tx, projectId, from, 'from'), to: await findMember(tx, projectId, to, 'to') }
}

function mustFit(people: People, kind: Body['kind'], { from, to, starts, ends }: Sides & Times): void {
  const wrong = (param: string, what: string) => new Fault('invalid_body', { param, message: `${param}: ${what}` })
  if (from.id === to.id) throw wrong('to', 'nobody delegates to themselves')
  if (!to.active) throw wrong('to', `${to.name} was deactivated`)
  if (kind === 'grant' && from.role !== 'owner') {
    throw wrong('from', `only owners grant, and ${from.name} is none: what was granted is not granted on`)
  }
  if (kind === 'grant' && to.role === 'owner') throw wrong('to', `${to.name} is an owner and decides on everything`)
  if (people.delegations.length >= limits.delegationsPerProject) {
    throw new Fault('limit_reached', {
      message: `The project has ${people.delegations.length} delegations that are not ended, which is the limit.`,
    })
  }
  const window = { startsAt: starts.getTime(), endsAt: ends.getTime() }
  if (kind === 'handover' && closesCircle(people, { from: from.id, to: to.id, ...window })) {
    throw new Fault('delegation_cycle', { param: 'to' })
  }
}
