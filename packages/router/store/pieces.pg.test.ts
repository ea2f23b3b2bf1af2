import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, test } from 'node:test'
import { cloneDatabase } from '@xerotier/devkit/postgres-for-tests.ts'
import { settableClock } from '@xerotier/devkit/settable-clock.ts'
import { systemClock } from '@xerotier/runtime/clock.ts'
import { newId, newUuid } from '../domain/ids.ts'
import { openStore, type Store } from './database.ts'
import type { StoredPiece } from './pieces.ts'

let url: string
let store: Store
before(async () => {
  url = (await cloneDatabase()).url
  store = openStore(url, { connections: 2, clock: systemClock, onError() {} })
})
after(() => store.close())

async function storeOutput(sizes: number[], stream: (seq: number) => number = () => 1) {
  const execution_id = newUuid(Date.now())
  const pieces = sizes.map((size, seq) => ({
    ...{ execution_id, attempt: 1, seq, stream: stream(seq), at: new Date() },
    data: randomBytes(size),
  }))
  await store.db.insertInto('execution_output').values(pieces).execute()
  return { executionId: execution_id, pieces }
}

async function pagesOf(next: (afterSeq: number) => Promise<StoredPiece[]>): Promise<StoredPiece[][]> {
  const pages: StoredPiece[][] = []
  for (let page = await next(-1); page.length > 0; page = await next(page.at(-1)?.seq ?? 0)) pages.push(page)
  return pages
}

test('output comes as it is, whatever its bytes, in pages that are bounded', async () => {
  const { executionId, pieces } = await storeOutput([1, 65_536, 0, 65_536, 65_536, 65_536, 65_536, 300])
  const of = { executionId, attempt: 1, stream: undefined }
  const pages = await pagesOf((afterSeq) => store.pieces.output(of, afterSeq))
  assert.deepEqual(
    pages.flat(),
    pieces.map(({ seq, data }) => ({ seq, data })),
  )
  assert.ok(pages.length > 1)
  for (const page of pages) assert.ok(page.reduce((sum, { data }) => sum + data.length, 0) <= 5 * 65_536)
})

test('pieces of one stream, of one attempt, and of an artifact', async () => {
  const { executionId, pieces } = await storeOutput([5, 6, 7, 8], (seq) => 1 + (seq % 2))
  const wanted = pieces.filter(({ stream }) => stream === 2).map(({ seq, data }) => ({ seq, data }))
  assert.deepEqual(await store.pieces.output({ executionId, attempt: 1, stream: 'stderr' }, -1), wanted)
  assert.deepEqual(await store.pieces.output({ executionId, attempt: 2, stream: undefined }, -1), [])
  const id = newId('cart', Date.now())
  const about = { project_id: 'proj_1', execution_id: executionId, attempt: 1, name: "it's", media_type: 'text/plain' }
  await store.db
    .insertInto('artifacts')
    .values({ id, ...about, created_at: new Date() })
    .execute()
  const chunks = [3, 9].map((seq) => ({ artifact_id: id, seq, data: randomBytes(100) }))
  await store.db.insertInto('artifact_chunks').values(chunks).execute()
  assert.deepEqual(
    await store.pieces.artifact(id, -1),
    chunks.map(({ seq, data }) => ({ seq, data })),
  )
  assert.deepEqual(await store.pieces.artifact("no' such", -1), [])
})

test('one that cannot be read fails alone', async () => {
  const { executionId } = await storeOutput([10])
  await assert.rejects(store.pieces.output({ executionId: 'no uuid', attempt: 1, stream: undefined }, -1), /uuid/)
  assert.equal((await store.pieces.output({ executionId, attempt: 1, stream: undefined }, -1)).length, 1)
})

test('however many read, one page is read at a time, and a rest is between them', async () => {
  const clock = settableClock()
  const resting = openStore(url, { connections: 1, clock, onError() {} })
  try {
    const { executionId } = await storeOutput([10])
    const read = () => resting.pieces.output({ executionId, attempt: 1, stream: undefined }, -1)
    let second = false
    // The clock stands still, so the rest has no length; but it has to pass.
    await read()
    const next = read().then(() => {
      second = true
    })
    await new Promise((resolve) => setImmediate(resolve))
    assert.equal(second, false)
    await clock.advance(0)
    await next
  } finally {
    await resting.close()
  }
})
