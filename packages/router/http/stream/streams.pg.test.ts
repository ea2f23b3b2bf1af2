import assert from 'node:assert/strict'
import { test } from 'node:test'
import pg from 'pg'
import { router as itself } from '../../domain/actor.ts'
import { write } from '../../domain/events/write.ts'
import { startApiForTests } from '../api.fixture.ts'

test('a stream whose query fails ends, and the next one goes on where it stopped', { timeout: 180_000 }, async () => {
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
    assert.equal(cut.names[0], 'connection.connected')

    await pool.query('alter table elsewhere rename to execution_output')
    const at = new Date(router.clock.now())
    const piece = { execution_id: id, attempt: 1, seq: 0, stream: 1, at, data: Buffer.from('x') }
    await db.insertInto('execution_output').values(piece).execute()
    const about = { project_id: router.projectId, actor: itself, execution_id: id }
    await write(router.core, async ({ append }) => append({ kind: 'execution.completed', ...about }))
    const { names } = await follow(id, { 'last-event-id': cut.last })
    // The first may have been cut before it came to the start. Output is read beside the events.
    const told = [...cut.names.slice(1), ...names.slice(1)]
    assert.deepEqual(told.toSorted(), ['execution.completed', 'execution.output', 'execution.started'])
    assert.equal(told.at(-1), 'execution.completed')
  } finally {
    await router.stop()
  }
})

test('a hundred readers of one output neither read nor serialise it a hundred times', {
  timeout: 180_000,
}, async (t) => {
  const readers = 100
  const router = await startApiForTests()
  const { db } = router.core.store
  try {
    const { body } = await router.call('POST', '/acme/v1/workspaces', { body: { name: 'prod' } })
    const id = await router.storeExecution({ workspace_id: body.id, state: 'dispatched' })
    const url = `${router.url}/acme/v1/exec/executions/stream?execution_id=${id}&output=true`
    const opened: Promise<void>[] = []
    const texts = Array.from({ length: readers }, async () => {
      const ask = (headers = {}) => fetch(url, { headers: { authorization: `Bearer ${router.key}`, ...headers } })
      const started = Promise.withResolvers<void>()
      opened.push(started.promise)
      let text = ''
      const read = async ({ body }: Response) => {
        for await (const part of body?.pipeThrough(new TextDecoderStream()) ?? []) {
          text += part
          if (text.includes('x_exec.execution.started')) started.resolve()
        }
      }
      const first = await ask()
      const whole = (async () => {
        await read(first)
        // One that a busy router has cut comes again, as every client does.
        while (!text.includes('x_exec.execution.completed'))
          await read(await ask({ 'last-event-id': [...text.matchAll(/^id: (.*)$/gm)].at(-1)?.[1] ?? '' }))
        return text
      })()
      return { whole }
    })
    const streams = await Promise.all(texts)
    await Promise.all(opened)

    let reads = 0
    let serialised = 0
    const { query } = pg.Client.prototype
    t.mock.method(pg.Client.prototype, 'query', function (this: pg.Client, ...given: Parameters<typeof query>) {
      const said = String((given[0] as { text?: string }).text ?? given[0])
      if (/\bfrom "?execution_output\b/.test(said)) reads += 1
      return query.apply(this, given)
    })
    const { stringify } = JSON
    t.mock.method(JSON, 'stringify', (...given: Parameters<typeof stringify>) => {
      if ((given[0] as { data?: unknown } | undefined)?.data === Buffer.from('news').toString('base64')) serialised += 1
      return stringify(...given)
    })
    const at = new Date(router.clock.now())
    const piece = { execution_id: id, attempt: 1, seq: 0, stream: 1, at, data: Buffer.from('news') }
    await db.insertInto('execution_output').values(piece).execute()
    const about = { project_id: router.projectId, actor: itself, execution_id: id }
    await write(router.core, async ({ append }) => append({ kind: 'execution.completed', ...about }))
    const told = await Promise.all(streams.map(({ whole }) => whole))
    for (const text of told) {
      assert.equal(text.match(/event: x_exec\.execution\.output/g)?.length, 1)
      assert.match(text, /event: x_exec\.execution\.completed/)
    }
    assert.ok(serialised >= 1 && serialised <= 5, `${serialised} times serialised`)
    // Readers whom their sockets hold up, or whom a busy router cut, go on in a turn of their own.
    // Each for itself would read twice a reader.
    assert.ok(reads >= 1 && reads <= readers / 2, `${reads} reads`)
  } finally {
    await router.stop()
  }
})
