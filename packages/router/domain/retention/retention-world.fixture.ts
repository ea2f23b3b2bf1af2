// A database with calls of any age, and no router that removes them.
import { type ClonedDatabase, cloneDatabase } from '@xerotier/devkit/postgres-for-tests.ts'
import { type Retention, retentionDefaults } from '@xerotier/protocol/api/retention.ts'
import { type ExecutionState, executionLifecycle, isSettled } from '@xerotier/protocol/lifecycles/execution.ts'
import { type Clock, systemClock } from '@xerotier/runtime/clock.ts'
import { silentLog } from '@xerotier/runtime/log.ts'
import { type Database, openStore } from '../../store/database.ts'
import { newId } from '../ids.ts'
import { createRemover } from './remove-old.ts'

const dayMs = 24 * 3_600_000
const project = 'proj_a'
const workspace = `ws_${'a'.repeat(24)}`

export interface CallForTests {
  state?: ExecutionState
  /** How long ago it ended, where that is later. */
  endedDaysAgo?: number
  output?: string
  /** By name. */
  artifacts?: Record<string, string>
  projectId?: string
}

let made = 0
/** As the router made it so many days ago. */
export function idOf(daysAgo: number): string {
  const time = Math.round(Date.now() - daysAgo * dayMs)
    .toString(16)
    .padStart(12, '0')
  const count = (++made).toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${count}`
}

export async function retentionWorld(t: { after(end: () => Promise<void>): void }) {
  const { url, drop }: ClonedDatabase = await cloneDatabase()
  const store = openStore(url, { connections: 4, clock: systemClock, onError() {} })
  t.after(async () => {
    await store.close()
    await drop()
  })
  const { db } = store
  const eventLog = { wake() {} }
  // No time passes while it works: it is not interrupted.
  const clock: Clock = { ...systemClock, monotonic: () => 0 }
  const core = {
    store,
    clock,
    log: silentLog,
    eventLog,
    lanes: { depth: 0 },
    heads: { read: () => undefined },
    settings: { auditDays: 365 },
  }

  const insertProject = async (id: string, retention: Partial<Retention> = {}) => {
    const row = { id, slug: id.replace('_', '-'), name: id, created_at: new Date(), ...retentionDefaults, ...retention }
    await db.insertInto('projects').values(row).execute()
  }
  await insertProject(project)
  await db
    .insertInto('workspaces')
    .values({ id: workspace, project_id: project, name: 'lab', type: 'host', created_at: new Date() })
    .execute()

  return {
    url,
    core,
    db,
    project,
    insertProject,
    async call(daysAgo: number, { state = 'completed', endedDaysAgo = daysAgo, ...more }: CallForTests = {}) {
      const id = idOf(daysAgo)
      const created_at = new Date(Date.now() - daysAgo * dayMs)
      await insertCall(db, { id, state, created_at, endedDaysAgo, ...more })
      return id
    },
    /** An approval of the call. */
    async approval(executionId: string, changes: { state: 'pending' | 'approved'; review_due_at?: Date }) {
      const id = idOf(0)
      await db
        .insertInto('approvals')
        .values({
          ...{ id, project_id: project, execution_id: executionId, workspace_id: workspace, tool: 'look' },
          ...{ risk: 'read', args: '{}', prompt: 'Run look', digest: '0'.repeat(64), schema_digest: '0'.repeat(64) },
          ...{ policy_version: 1, requested_by: 'key_test', requested_at: new Date(), expires_at: new Date() },
          ...changes,
          state: 'pending',
        })
        .execute()
      if (changes.state !== 'pending')
        await db.updateTable('approvals').set({ state: changes.state }).where('id', '=', id).execute()
      return id
    },
    /** A pause for an incident, that is active. */
    async incident() {
      const id = newId('pse', Date.now())
      const about = { id, project_id: project, tool: 'look', incident: 'INC-42', paused_by: 'usr_1' }
      await db
        .insertInto('pauses')
        .values({ ...about, state: 'active', paused_at: new Date() })
        .execute()
      return {
        async end() {
          await db.updateTable('pauses').set({ state: 'ended' }).where('id', '=', id).execute()
        },
      }
    },
    /** Everything that is due, as a router does that has just begun. */
    async removeAll(size?: Parameters<typeof createRemover>[1]) {
      await createRemover(core, size).work()
    },
    /** One that dies when it has begun so many transactions. */
    mortal(size: Parameters<typeof createRemover>[1], transactions: number) {
      let begun = 0
      const dying = new Proxy(db, {
        get(of, name) {
          if (name === 'transaction' && ++begun > transactions) throw new Error('killed')
          const found: unknown = Reflect.get(of, name)
          return typeof found === 'function' ? found.bind(of) : found
        },
      })
      return createRemover({ ...core, store: { ...store, db: dying } }, size)
    },
    remover: () => createRemover(core),
    async left(table: 'executions' | 'execution_output' | 'artifacts' | 'artifact_chunks' | 'approvals') {
      const column = table === 'executions' || table === 'approvals' ? 'id' : 'execution_id'
      const from = table === 'artifact_chunks' ? 'artifacts a join artifact_chunks c on c.artifact_id = a.id' : table
      const { rows } = await store.pool.query<{ id: string }>(`select distinct ${column} as id from ${from} order by 1`)
      return rows.map(({ id }) => id)
    },
    /** What was told, the oldest first. */
    async told(projectId = project) {
      const rows = await db
        .selectFrom('events')
        .select(['data', 'actor'])
        .where('project_id', '=', projectId)
        .where('kind', '=', 'retention.removed')
        .orderBy('seq')
        .execute()
      return rows.map(({ data }) => data)
    },
  }
}

async function insertCall(
  db: Database,
  call: CallForTests & { id: string; state: ExecutionState; created_at: Date; endedDaysAgo: number },
): Promise<void> {
  const { id, state, created_at, endedDaysAgo, output = '', artifacts = {}, projectId = project } = call
  const ended = new Date(Date.now() - endedDaysAgo * dayMs)
  const { initial } = executionLifecycle
  const hasEnded = isSettled(state)
  await db
    .insertInto('executions')
    .values({
      ...{ id, project_id: projectId, workspace_id: workspace, tool: 'look', risk: 'read', at_most_once: false },
      ...{
        state: initial.includes(state) ? state : ('dispatched' as const),
        args: '{}',
        schema_digest: '0'.repeat(64),
        digest: '0'.repeat(64),
        policy_version: 1,
      },
      ...{ attempt: 1, lease_epoch: 1, requested_by: 'key_test', request_id: 'req', timeout_ms: 1000, created_at },
    })
    .execute()
  await db
    .updateTable('executions')
    .set({ state, finished_at: hasEnded ? ended : null, stdout_bytes: output.length })
    .where('id', '=', id)
    .execute()
  const at = created_at
  if (output !== '')
    await db
      .insertInto('execution_output')
      .values({ execution_id: id, attempt: 1, seq: 0, stream: 1, at, data: Buffer.from(output) })
      .execute()
  for (const [name, text] of Object.entries(artifacts)) {
    const artifact = newId('cart', at.getTime())
    await db
      .insertInto('artifacts')
      .values({
        id: artifact,
        project_id: projectId,
        execution_id: id,
        attempt: 1,
        name,
        media_type: 'text/plain',
        created_at: at,
      })
      .execute()
    await db
      .insertInto('artifact_chunks')
      .values({ artifact_id: artifact, seq: 0, data: Buffer.from(text) })
      .execute()
  }
}
