import assert from 'node:assert/strict'
import { test } from 'node:test'
import { router as itself } from '../../domain/actor.ts'
import { write } from '../../domain/events/write.ts'
import { startApiForTests } from '../api.fixture.ts'

test('a stream whose query fails ends, and the next one goes on where it stopped', { timeout: 60_000 }, async () => {
  const router = await startApiForTests()
  const { db, pool } = router.core.store
  /** Follows until the stream ends: the names of its events, and the last id. */
  const follow = async (id: string, headers: Record<string, string>) => {
    const response = await fetch(`${router.url}/acme/v1/exec/executions/stream?execution_id=${id}&output=true`, {
      headers: { authorization: `Bearer ${router.key}`, ...headers },
    })
    const text = await response.text()
    const all = (field: RegExp) => [...text.matchAll(field)].map((match) => match[1]!)
    return { names: all(/^event: x_exec\.(.*)$/gm), last: all(/^id: (.*)$/gm).at(-1)! }
  }
  try {
    const { body } = await router.call('POST', '/acme/v1/workspaces', { body: { name: 'prod' } })
    const id = await router.storeExecution({ workspace_id: body.id, state: 'dispatched' })
    await pool.query('alter table execution_output rename to elsewhere')
    const cut = await follow(id, {})
    assert.deepEqual(cut.names, ['connection.connected', 'execution.started'])

    await pool.query('alter table elsewhere rename to execution_output')
    const at = new Date(router.clock.now())
    const piece = { execution_id: id, attempt: 1, seq: 0, stream: 1, at, data: Buffer.from('x') }
    await db.insertInto('execution_output').values(piece).execute()
    const about = { project_id: router.projectId, actor: itself, execution_id: id }
    await write(router.core, async ({ append }) => append({ kind: 'execution.completed', ...about }))
    const { names } = await follow(id, { 'last-event-id': cut.last })
    assert.deepEqual(names, ['connection.connected', 'execution.output', 'execution.completed'])
  } finally {
    await router.stop()
  }
})
