// Attempts of known credentials that were refused. The first of its kind is written within a
// second, those that follow within a minute as one with their number: a flood of refusals is no
// flood of writes.
import type { Clock } from '@xerotier/runtime/clock.ts'
import type { Member } from '../actor.ts'
import { write } from '../events/write.ts'
import { perProject } from '../per-project.ts'
import type { Records } from '../records.ts'

export interface Refusal {
  /** The route, as an id. */
  route: string
  /** Of the error that was answered. */
  code: string
  /** From where. */
  address: string
}

export interface Refusals {
  note(actor: Member, refusal: Refusal): void
  /** Writes what is due; `all` for what is counted as well, before an end. */
  record(all?: boolean): Promise<void>
}

/** Kinds of refusals that are told apart in one project; more are counted together. */
const kindsMax = 500
const countedForMs = 60_000

interface Counted {
  actor: Member
  refusal: Refusal
  count: number
  since: number
  /** When it was last written (monotonic). */
  writtenAt: number | undefined
}

export function createRefusals(core: Records & { clock: Clock }): Refusals {
  const { clock } = core
  const projects = perProject(() => new Map<string, Counted>())

  const isDue = ({ count, writtenAt }: Counted, all: boolean) =>
    count > 0 && (all || writtenAt === undefined || clock.monotonic() - writtenAt >= countedForMs)

  return {
    note(actor, refusal) {
      const kinds = projects.of(actor.projectId)
      const whole = `${actor.id} ${'key' in actor ? actor.key?.id : ''} ${refusal.route} ${refusal.code} ${refusal.address}`
      const key = kinds.has(whole) || kinds.size < kindsMax ? whole : 'others'
      const known = kinds.get(key)
      if (known !== undefined) known.count++
      else kinds.set(key, { actor, refusal, count: 1, since: clock.now(), writtenAt: undefined })
    },
    async record(all = false) {
      for (const [projectId, kinds] of projects.all()) {
        const due = [...kinds].filter(([, counted]) => isDue(counted, all))
        const told = due.map(([key, { actor, refusal, count, since }]) => ({ key, actor, refusal, count, since }))
        if (told.length > 0) {
          await write(core, async ({ append }) => {
            for (const { key, actor, refusal, count, since } of told)
              append({
                project_id: projectId,
                kind: 'access.refused',
                actor,
                data: {
                  ...refusal,
                  count,
                  since: new Date(since).toISOString(),
                  ...(key === 'others' ? { others: true } : {}),
                },
              })
          })
          for (const [index, [, counted]] of due.entries()) {
            counted.count -= told[index]?.count ?? 0
            counted.since = clock.now()
            counted.writtenAt = clock.monotonic()
          }
        }
        for (const [key, { count, writtenAt }] of kinds) {
          if (count === 0 && writtenAt !== undefined && clock.monotonic() - writtenAt >= countedForMs) kinds.delete(key)
        }
      }
    },
  }
}
