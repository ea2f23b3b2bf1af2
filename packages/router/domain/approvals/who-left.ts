// The follower that looks at pending approvals again when people go: a stage that nobody is left in
// says so then, and not when its time is over.
import type { EventKind } from '@xerotier/protocol/events.ts'
import { anyNamedPending, lockNamedPending, updateStages } from '../../store/approvals.ts'
import type { Follower } from '../events/follow.ts'
import { beginStage, changedIn, lazily } from './advance.ts'
import { askedOf } from './asked.ts'

/** By which somebody may cease to be who was asked. */
const leaving: ReadonlySet<EventKind> = new Set([
  'user.updated',
  'member.updated',
  'member.removed',
  'group.updated',
  'group.deleted',
  'delegation.ended',
  'api_key.revoked',
])

export function lookAtWhoLeft(): Follower {
  return {
    name: 'who-left',
    from: 'present',
    coalesceMs: 200,
    wanted: anyNamedPending,
    async write(writing, events) {
      const projects = new Set(events.flatMap(({ kind, project_id }) => (leaving.has(kind) ? [project_id] : [])))
      if (projects.size === 0) return
      const electorates = lazily(writing)
      const moved = []
      for (const row of await lockNamedPending(writing.tx, [...projects])) {
        // What is over by now ends by its own duty.
        if (row.expires_at.getTime() <= writing.now.getTime()) continue
        const here = await beginStage(writing, row, askedOf(row), row.stage, electorates)
        if (here.stage !== row.stage || here.asked !== row.asked) moved.push(changedIn(row, here))
      }
      await updateStages(writing.tx, moved)
    },
  }
}
