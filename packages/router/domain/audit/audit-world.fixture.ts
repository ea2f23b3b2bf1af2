// A database with an audit log that is sealed as the router does it, and the verifier over it.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import type { TestContext } from 'node:test'
import { until } from '@xerotier/devkit/faults/until.ts'
import { cloneDatabase } from '@xerotier/devkit/postgres-for-tests.ts'
import { type Clock, systemClock } from '@xerotier/runtime/clock.ts'
import { createLog } from '@xerotier/runtime/log.ts'
import { beginningOf } from '@xerotier/runtime/tlog/beginning.ts'
import { parseVerifierKey } from '@xerotier/runtime/tlog/note.ts'
import { tilePath } from '@xerotier/runtime/tlog/tiles.ts'
import { type Verification, verifyLog } from '@xerotier/runtime/tlog/verify.ts'
import { type Database, openStore } from '../../store/database.ts'
import { agentActor } from '../actor.ts'
import { follow } from '../events/follow.ts'
import { createEventLog } from '../events/reader.ts'
import { loadIdentity } from '../identity.ts'
import { headsIn } from './heads.ts'
import { entryLines, showLog, tileBytes } from './log.ts'
import { sealEvents } from './seal.ts'

export async function auditWorld(t: TestContext, clock: Clock = systemClock) {
  const { url, drop } = await cloneDatabase()
  const stateDir = mkdtempSync(join(tmpdir(), 'xerotier-audit-'))
  const lines: Record<string, unknown>[] = []
  const log = createLog({
    level: 'info',
    name: 'test',
    destination: { write: (line) => void lines.push(JSON.parse(line)) },
  })
  const store = openStore(url, { connections: 5, clock: systemClock, onError() {} })
  const eventLog = createEventLog({ databaseUrl: url, clock, log })
  const identity = loadIdentity(stateDir)
  const start = () => {
    const heads = headsIn(stateDir, (error) => assert.fail(String(error)))
    const core = { store, eventLog, clock, log, identity, heads }
    return { core, following: follow(core, { ...sealEvents(core), coalesceMs: 1 }, { pollMs: 20 }) }
  }
  let sealing = start()
  t.after(async () => {
    await sealing.following.stop()
    eventLog.close()
    await store.close()
    await drop()
    rmSync(stateDir, { recursive: true, force: true })
  })
  for (const project of ['proj_a', 'proj_b'])
    await store.pool.query(
      `insert into projects (id, slug, name, created_at) values ($1, replace($1, '_', '-'), $1, now())`,
      [project],
    )
  const actor = (projectId: string) => agentActor({ id: 'agt_1', name: 'one', project_id: projectId })

  return {
    store,
    stateDir,
    lines,
    identity,
    core: () => sealing.core,
    /** A new process, as far as sealing knows. */
    async restart(meanwhile: () => Promise<unknown> = async () => {}) {
      await sealing.following.stop()
      await sealing.core.heads.settled()
      await meanwhile()
      await sealing.core.heads.settled()
      sealing = start()
    },
    /** Events of one transaction, with what they may hold. */
    async append(projectId: string, count: number) {
      await store.pool.query(
        `insert into events (at, project_id, kind, actor, actor_key, door, execution_id, agent_id, data)
         select $3::timestamptz + n * interval '1 ms', $1, 'agent.updated', 'usr_0123456789abcdef01234567', 'key_1', 'api',
           '01a22c53-97d6-7000-8454-bcb796000000', 'agt_' || n % 3, jsonb_build_object('n', n, 'text', 'line' || chr(10) || '"ü"')
         from generate_series(1, $2) as n`,
        [projectId, count, new Date(clock.now())],
      )
      eventLog.wake()
    },
    /** Waits until everything of the project is in a signed checkpoint. */
    async sealed(projectId: string): Promise<number> {
      return until('the seal', async () => {
        eventLog.wake()
        const { rows } = await store.pool.query(
          `select (select count(*) from events where project_id = $1) as events,
             (select max(size) from audit_checkpoints where project_id = $1) as size`,
          [projectId],
        )
        return rows[0].size === rows[0].events && rows[0].size > 0 ? Number(rows[0].size) : undefined
      })
    },
    /** The same of a log that retention has removed from: nothing lies behind the sealer. */
    sealedAll: (projectId: string) =>
      until('the seal', async () => {
        eventLog.wake()
        const { rows } = await store.pool.query(
          `select not exists (select from events where (xid, seq) > (select xid, seq from followers where name = 'audit')) as done,
             (select max(size) from audit_checkpoints where project_id = $1) = (
               select sum(cardinality(seqs)) + 256 * min(n) from audit_tiles where project_id = $1 and level = 0) as sealed`,
          [projectId],
        )
        return (rows[0].done && rows[0].sealed) || undefined
      }),
    /** What stands beside the database once it is of so many records. */
    kept: (projectId: string, size: number): Promise<string> =>
      until('the kept checkpoint', async () => {
        const note = sealing.core.heads.read(projectId)
        return note?.split('\n')[1] === String(size) ? note : undefined
      }),
    /** As whoever has the API, or in a transaction of the test's. */
    async verify(projectId: string, db: Database = store.db): Promise<Verification> {
      const core = { ...sealing.core, store: { ...store, db } }
      const member = actor(projectId)
      const known = await showLog(core, member)
      const key = parseVerifierKey(known.verifier_key) ?? assert.fail()
      return verifyLog({
        note: known.checkpoint ?? '',
        key,
        from: known.first_index,
        to: known.size,
        strays: known.strays,
        beginningOf,
        seen: known.kept_checkpoint === null ? [] : [known.kept_checkpoint],
        async *entries() {
          const bytes = Readable.from(await entryLines(core, member, { from: known.first_index, to: known.size }))
          for await (const line of createInterface({ input: bytes, crlfDelay: Number.POSITIVE_INFINITY }))
            yield line === 'null' ? null : line
        },
        async tile(level, n, width) {
          const path = tilePath({ level, n, width }).split('/').slice(1)
          return tileBytes(core, member, path).catch(() => undefined)
        },
      })
    },
  }
}
