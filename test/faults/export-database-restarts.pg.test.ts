// The database goes away while an archive is written, and comes back.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startExternalPostgres } from '@xerotier/devkit/external-postgres.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import { startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'

for (const signal of ['SIGINT', 'SIGKILL'] as const)
  test(`an export whose database ends by ${signal} goes on once it is back, and is told once`, async (t) => {
    const postgres = await startExternalPostgres()
    t.after(() => postgres.stop())
    const system = await startRouterForTests({ databaseUrl: postgres.url })
    t.after(() => system.stop())
    const { client, router } = system
    for (let count = 0; count < 20; count++) await client.call('workspaces.create', { body: { name: `ws-${count}` } })
    await until('them to be sealed', async () => ((await client.call('audit.log')).size >= 20 ? true : undefined))

    const { archives } = router.core
    const { write } = archives
    let attempts = 0
    archives.write = async (id, length, make) => {
      attempts += 1
      if (attempts > 1) return write(id, length, make)
      // Under way on record, and before it has read a row.
      await postgres.end(signal)
      try {
        await write(id, length, make)
      } finally {
        // Whoever hears of the failure could write it down again.
        await postgres.start()
      }
    }
    const created = await client.call('exports.create', {
      body: { type: 'audit', since: new Date(0).toISOString(), until: new Date().toISOString() },
    })
    const made = await until('the export to be over', async () => {
      const shown = await client.call('exports.show', { params: { id: created.id } }).catch(() => undefined)
      return shown === undefined || ['pending', 'running'].includes(shown.state) ? undefined : shown
    })
    assert.deepEqual([made.state, made.error], ['completed', null])
    assert.ok(attempts > 1 && (made.rows ?? 0) >= 20, `${attempts} attempts, ${made.rows} rows`)
    const { rows } = await router.core.store.pool.query(
      "select kind from events where kind in ('export.completed', 'export.failed')",
    )
    assert.deepEqual(rows, [{ kind: 'export.completed' }])
  })
