// A database whose disk is full, as the commit lanes meet it: Postgres raises what it raises then.
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { until } from './faults/until.ts'
import { type System, startSystem } from './system.ts'

const folder = mkdtempSync(join(tmpdir(), 'xerotier-full-'))
const bundle = `name: slow
version: '1'
domain: test
tools:
  - name: slow_write
    description: Ends once a file is there.
    risk: write
    input_schema: { type: object, additionalProperties: false, required: [file], properties: { file: { type: string } } }
    command: [./until, '{file}']
`
const script = `#!/bin/sh
while ! [ -e "$1" ]; do sleep 0.05; done
echo done
`

let system: System
before(async () => {
  // A lease lasts while a busy machine is late.
  system = await startSystem({ settings: { leaseIntervals: 300 } })
  const agent = await system.addAgent({
    name: 'writer',
    // What was not acknowledged is sent again soon.
    env: { XEM_LEASE_RENEWAL_INTERVAL_MS: '200' },
    prepare({ tools }) {
      mkdirSync(join(tools, 'slow'))
      writeFileSync(join(tools, 'slow', 'bundle.yaml'), bundle)
      writeFileSync(join(tools, 'slow', 'until'), script, { mode: 0o755 })
    },
  })
  await system.addWorkspace('full', 'generic', [agent])
})
after(async () => {
  await system.stop()
  rmSync(folder, { recursive: true })
})

const sql = (text: string) => system.router.router.core.store.pool.query(text)

/** No row of a call or an event can be written until the end; `hit` is how often it was tried. */
async function fullDisk() {
  await sql('create sequence full_disk_hits')
  await sql(`create function full_disk() returns trigger language plpgsql as $$ begin
    perform nextval('full_disk_hits');
    raise exception 'could not extend file: No space left on device' using errcode = '53100';
  end $$`)
  for (const table of ['executions', 'events'])
    await sql(`create trigger full_disk before insert or update on ${table} execute function full_disk()`)
  return {
    async hits(): Promise<number> {
      const { rows } = await sql('select last_value as hits, is_called from full_disk_hits')
      return rows[0].is_called ? Number(rows[0].hits) : 0
    },
    async end() {
      await sql('drop function full_disk cascade')
      await sql('drop sequence full_disk_hits')
    },
  }
}

const submit = (file: string, key: string) =>
  fetch(`${system.client.origin}/demo/v1/exec/invocations`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${system.router.apiKey}`,
      'content-type': 'application/json',
      'idempotency-key': key,
    },
    body: JSON.stringify({ workspace: 'full', tool: 'slow_write', args: { file } }),
  })

test('calls are refused while the disk is full, with when to come again, and taken once from then on', async () => {
  const file = join(folder, 'there')
  writeFileSync(file, '')
  const disk = await fullDisk()
  // Together, so that they are one batch of a lane, and each of it fails alone.
  const refused = await Promise.all(['a', 'b', 'c'].map((key) => submit(file, key)))
  for (const answer of refused) {
    const { error } = (await answer.json()) as { error: { code: string; message: string } }
    assert.deepEqual([answer.status, error.code], [503, 'backend_unavailable'])
    assert.equal(answer.headers.get('retry-after'), '10')
    assert.doesNotMatch(error.message, /extend file/)
  }
  assert.ok((await disk.hits()) >= 3)
  await disk.end()
  const { data } = await system.client.call('executions.list', { query: { workspace: 'full' } })
  assert.deepEqual(data, [])
  for (const key of ['a', 'b', 'c', 'a']) assert.ok((await submit(file, key)).ok)
  const taken = await system.client.call('executions.list', { query: { workspace: 'full' } })
  assert.equal(taken.data.length, 3)
  for (const { id } of taken.data) await untilCompleted(id)
})

test('a result that comes while the disk is full is kept by its agent, and stored when there is room', async () => {
  const file = join(folder, 'later')
  const { id } = (await (await submit(file, 'later')).json()) as { id: string }
  await until('the call to run', async () => ((await show(id)).state === 'running' ? true : undefined))
  const disk = await fullDisk()
  writeFileSync(file, '')
  await until('the result to be refused', async () => ((await disk.hits()) > 0 ? true : undefined))
  assert.equal((await show(id)).state, 'running')
  await disk.end()
  await untilCompleted(id)
  const { attempt, exit_code } = await show(id)
  assert.deepEqual([attempt, exit_code], [1, 0], 'it ran once')
})

const show = (id: string) => system.client.call('executions.show', { params: { id } })

async function untilCompleted(id: string): Promise<void> {
  await until(`the end of ${id}`, async () => ((await show(id)).finished_at === null ? undefined : true))
  assert.equal((await show(id)).state, 'completed')
}
