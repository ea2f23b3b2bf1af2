import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { json, scriptedServer } from '@xerotier/client/scripted-server.fixture.ts'
import { emptyFolder, envFor, xeroctl } from '../../run.fixture.ts'

const bytes = Buffer.from([0, 255, 10, 27, 0])
const artifact = {
  ...{
    id: 'cart_1',
    object: 'artifact',
    name: 'dump.bin',
    media_type: 'application/octet-stream',
    bytes: bytes.length,
  },
  created_at: '2026-05-01T12:00:00.000Z',
}

test('artifacts are listed, and got byte for byte, to stdout or to a new file', async (t) => {
  const asked: string[] = []
  const server = await scriptedServer(({ path }, response) => {
    asked.push(path)
    if (path.includes('cart_1')) return void response.writeHead(200).end(bytes)
    json(response, 200, { object: 'list', data: [artifact], has_more: false, last_id: 'cart_1' })
  })
  t.after(() => server.close())
  const env = envFor(server)
  const cwd = emptyFolder(t)
  const listed = await xeroctl(t, ['artifacts', 'list', 'exe_1'], { env, terminal: 80 })
  assert.match(listed.stdout, /cart_1 +dump\.bin +application\/octet-stream +5/)
  const path = join(cwd, 'dump.bin')
  const get = (...more: string[]) => xeroctl(t, ['artifacts', 'get', 'exe_1', 'cart_1', ...more], { env })
  assert.equal((await get()).code, 0)
  assert.equal((await get('--to', path)).code, 0)
  assert.deepEqual(readFileSync(path), bytes)
  const again = await get('--to', path)
  assert.equal(again.code, 2)
  assert.match(again.stderr, /is there already, and is not written over/)
  assert.deepEqual(asked.slice(0, 2), [
    '/exec/executions/exe_1/artifacts?limit=20',
    '/exec/executions/exe_1/artifacts/cart_1',
  ])
})
