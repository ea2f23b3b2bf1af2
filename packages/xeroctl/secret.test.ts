import assert from 'node:assert/strict'
import { test } from 'node:test'
import { json, scriptedServer } from '@xerotier/client/scripted-server.fixture.ts'
import { apiKey, joinKey } from './records.fixture.ts'
import { envFor, xeroctl } from './run.fixture.ts'

const printed: [words: string, record: { id: string; key: string }][] = [
  ['keys create --name ci --scope execution', apiKey],
  ['keys key_1 --rotate', apiKey],
  ['agents join-keys --create --name n --region eu', joinKey],
]
for (const [words, record] of printed) {
  test(`xeroctl ${words} prints the value in every format`, async (t) => {
    const server = await scriptedServer((_, response) => json(response, 200, record))
    t.after(() => server.close())
    for (const format of ['table', 'wide', 'name', 'json', 'ndjson', 'yaml']) {
      const { stdout, stderr } = await xeroctl(t, [...words.split(' '), '-o', format], { env: envFor(server) })
      if (['table', 'wide', 'name'].includes(format)) {
        assert.equal(stdout, `${record.key}\n`, format)
        assert.match(stderr, new RegExp(`^Id: ${record.id}$`, 'm'))
      } else assert.ok(stdout.includes(record.key), format)
      assert.ok(!stderr.includes(record.key), format)
    }
  })
}
