// What dies with a router that makes an archive, at any step of it.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { appendFileSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Database } from '../../store/database.ts'
import { auditWorld } from '../audit/audit-world.fixture.ts'
import { type Archives, archivesIn } from './archives.ts'
import { createExportMaker } from './make.ts'
import type { Making } from './write-archive.ts'

/** Steps that a process has left. Once there is none it is dead, and does nothing more. */
function mortality(steps: number) {
  let left = steps
  return {
    get isDead() {
      return left < 0
    },
    step() {
      if (--left < 0) throw new Error('killed')
    },
  }
}
type Mortality = ReturnType<typeof mortality>

/** Dies before a transaction, or between its commit and whatever hears of it. */
function mortalDatabase(db: Database, life: Mortality): Database {
  return new Proxy(db, {
    get(of, name) {
      if (life.isDead) throw new Error('killed')
      if (name === 'transaction') {
        return () => ({
          async execute(work: Parameters<ReturnType<Database['transaction']>['execute']>[0]) {
            life.step()
            const done = await of.transaction().execute(work)
            life.step()
            return done
          },
        })
      }
      const found: unknown = Reflect.get(of, name)
      return typeof found === 'function' ? found.bind(of) : found
    },
  })
}

/** Dies before each piece, and between the file and its record. */
function mortalArchives(archives: Archives, life: Mortality): Archives {
  return {
    ...archives,
    async write(id, length, make) {
      await archives.write(id, length, ({ put, sync }) =>
        make({
          put(bytes) {
            life.step()
            return put(bytes)
          },
          sync() {
            life.step()
            return sync()
          },
        }),
      )
      life.step()
    },
    remove(id) {
      if (!life.isDead) archives.remove(id)
    },
  }
}

test('an archive is there whole and told once, at whichever step of it the router was killed', async (t) => {
  const world = await auditWorld(t)
  await world.append('proj_a', 600)
  await world.sealed('proj_a')
  const { store } = world
  const archives = archivesIn(world.stateDir)
  const folder = join(world.stateDir, 'exports')
  // An archive of the audit log asks for nothing else.
  const core = { ...world.core(), archives } as unknown as Making
  let [deaths, isOver] = [0, false]
  for (let steps = 0; !isOver; steps++) {
    const id = `exp_${steps}`
    await store.pool.query(
      `insert into exports (id, project_id, type, format, since, until, state, created_by, created_at)
       values ($1, 'proj_a', 'audit', 'ndjson', 'epoch', now() + interval '1 day', 'pending', 'usr_1', now())`,
      [id],
    )
    const life = mortality(steps)
    const dying = {
      ...core,
      archives: mortalArchives(archives, life),
      store: { ...store, db: mortalDatabase(store.db, life) },
    }
    isOver = await createExportMaker(dying)
      .work()
      .then(
        () => !life.isDead,
        () => false,
      )
    if (!isOver) {
      deaths++
      // Its file goes with no process; one that is whole has its own name.
      const { rows } = await store.pool.query('select from exports where id = $1 and state = $2', [id, 'completed'])
      if (rows.length === 0) appendFileSync(join(folder, `${id}.zip.part`), 'half of a piece')
    }
    await createExportMaker(core).work()
    const { rows } = await store.pool.query('select state, bytes, sha256 from exports where id = $1', [id])
    const bytes = readFileSync(join(folder, `${id}.zip`))
    assert.deepEqual(rows, [
      { state: 'completed', bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') },
    ])
    const told = await store.pool.query(
      `select kind from events where data ->> 'export_id' = $1 and kind like 'export.%'`,
      [id],
    )
    assert.deepEqual(told.rows, [{ kind: 'export.completed' }], `killed after ${steps} steps`)
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.endsWith('.part')),
      [],
    )
    assert.ok(steps < 200)
  }
  assert.ok(deaths > 10, `${deaths}`)
})
