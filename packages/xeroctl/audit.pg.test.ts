// The audit log as people and programs verify it: xeroctl against a real router, and a verifier in
// another language that was written from the published formats.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import { until } from '@xerotier/devkit/faults/until.ts'
import { type RouterForTests, startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import type { AuditRecord } from '@xerotier/protocol/api/audit.ts'
import { tilePath } from '@xerotier/runtime/tlog/tiles.ts'
import { exitCodes } from './exit-codes.ts'
import { emptyFolder, xeroctl } from './run.fixture.ts'

const python = join(import.meta.dirname, '../../docs/verify-audit.py')
let router: RouterForTests

before(async () => {
  router = await startRouterForTests()
  // Three whole tiles and a part.
  await router.router.core.store.pool.query(
    `insert into events (at, project_id, kind, actor, agent_id, data)
     select now(), $1, 'agent.updated', 'agt_0123456789abcdef01234567', 'agt_0123456789abcdef01234567', jsonb_build_object('n', n)
     from generate_series(1, 800) as n`,
    [router.projectId],
  )
  await sealed()
})
after(() => router.stop())

/** Until everything so far is in a checkpoint. */
function sealed(): Promise<number> {
  const { core } = router.router
  return until('the seal', async () => {
    core.eventLog.wake()
    const { rows } = await core.store.pool.query(
      'select (select count(*) from events) as events, (select max(size) from audit_checkpoints) as size',
    )
    return rows[0].size === rows[0].events ? Number(rows[0].size) : undefined
  })
}

const cli = (t: TestContext, ...words: string[]) =>
  xeroctl(t, words, {
    now: Date.now(),
    env: { XEROTIER_BASE_URL: `${router.client.origin}/demo/v1`, XEROTIER_API_KEY: router.apiKey },
  })

async function recordsOf(t: TestContext, ...words: string[]): Promise<AuditRecord[]> {
  const { stdout } = await cli(t, 'audit', 'list', '-o', 'json', '--limit', '2000', ...words)
  return JSON.parse(stdout).data
}

async function verifyWithPython(folder: string, key?: string): Promise<{ code: number; stdout: string }> {
  try {
    const { stdout } = await promisify(execFile)('python3', [python, folder, ...(key === undefined ? [] : [key])])
    return { code: 0, stdout }
  } catch (error) {
    const { code, stdout } = error as { code: number; stdout: string }
    return { code, stdout }
  }
}

test('the history of an agent, a key and a person is one query each, and everything has an index', async (t) => {
  const agent = await recordsOf(t, '--subject', 'agt_0123456789abcdef01234567')
  assert.equal(agent.length, 800)
  assert.deepEqual(
    agent.map(({ index }) => index),
    Array.from({ length: 800 }, (_, n) => 803 - n),
  )
  const { person } = await router.client.call('whoami.show')
  const about = await recordsOf(t, '--subject', person?.id ?? assert.fail())
  assert.deepEqual(
    about.map(({ kind }) => kind),
    ['api_key.created', 'member.added', 'user.created'],
  )
  assert.deepEqual(await recordsOf(t, '--subject', 'owner@localhost'), about)
  const created = await router.client.call('apiKeys.create', { body: { name: 'second', scopes: ['execution'] } })
  const [made] = await recordsOf(t, '--actor', 'owner@localhost', '--kind', 'api_key')
  assert.deepEqual([made?.kind, made?.data.api_key_id, made?.door], ['api_key.created', created.id, 'api'])
})

test('pages join without a gap, over what is sealed and what is not yet', async (t) => {
  const all = await recordsOf(t)
  const seen: string[] = []
  // In pages of a hundred.
  for await (const { id } of router.client.items('audit.records', { query: { limit: 97 } })) seen.push(id)
  assert.deepEqual(
    seen,
    all.map(({ id }) => id),
  )
  const [, , third] = all
  const since = await router.client.call('audit.records', { query: { limit: 100, until: third?.at ?? '' } })
  assert.ok(since.data.every(({ at }) => at < (third?.at ?? '')))
})

test('a log that is whole verifies, live, as an export and in another language', async (t) => {
  const size = await sealed()
  const live = await cli(t, 'audit', 'verify', '-o', 'json')
  const { verified, records } = JSON.parse(live.stdout)
  assert.deepEqual([live.code, verified, records >= size], [0, true, true])
  const folder = join(emptyFolder(t), 'export')
  assert.equal((await cli(t, 'audit', 'export', '--to', folder)).code, 0)
  // That it was read is a record as well.
  const { to } = JSON.parse(readFileSync(join(folder, 'log.json'), 'utf8'))
  const offline = await xeroctl(t, ['audit', 'verify', '--from', folder, '-o', 'json'], { env: {} })
  assert.deepEqual([offline.code, JSON.parse(offline.stdout).records], [0, to])
  const { verifier_key } = await router.client.call('audit.log')
  assert.deepEqual(await verifyWithPython(folder, verifier_key), {
    code: 0,
    stdout: `verified: records 0 to ${to} of ${to} in xerotier-audit/${router.projectId}\n`,
  })
})

test('an export that was changed is refused by both verifiers, and the first bad record is named', async (t) => {
  const folder = join(emptyFolder(t), 'export')
  await cli(t, 'audit', 'export', '--to', folder)
  const changed = async (path: string, change: (content: Buffer) => Buffer, expected: RegExp) => {
    const whole = readFileSync(join(folder, path))
    writeFileSync(join(folder, path), change(Buffer.from(whole)))
    const offline = await xeroctl(t, ['audit', 'verify', '--from', folder], { env: {} })
    assert.equal(offline.code, exitCodes.unproven.code, path)
    const { code, stdout } = await verifyWithPython(folder)
    assert.equal(code, 1, path)
    assert.match(stdout, expected)
    assert.match(offline.stdout, /NOT VERIFIED/)
    writeFileSync(join(folder, path), whole)
  }
  const flip = (at: number) => (content: Buffer) => {
    content[at] = (content[at] ?? 0) ^ 1
    return content
  }
  const lines = (change: (lines: string[]) => void) => (content: Buffer) => {
    const all = content.toString().trimEnd().split('\n')
    change(all)
    return Buffer.from(`${all.join('\n')}\n`)
  }
  const entries = 'entries.ndjson'
  await changed(
    entries,
    lines((all) => void all.copyWithin(300, 299, 300)),
    /record 300 is not/,
  )
  await changed(
    entries,
    lines((all) => void all.splice(10, 1)),
    /record 10 is not/,
  )
  await changed(
    entries,
    lines((all) => void all.pop()),
    /missing/,
  )
  await changed(
    entries,
    lines((all) => void all.splice(700, 0, all[700] ?? '')),
    /record 701 is not/,
  )
  await changed(tilePath({ level: 0, n: 1, width: 256 }), flip(100), /tile 0\/1 is not/)
  const { to: size } = JSON.parse(readFileSync(join(folder, 'log.json'), 'utf8'))
  await changed(tilePath({ level: 1, n: 0, width: Math.floor(size / 256) }), flip(3), /do not make the root/)
  await changed('checkpoint', flip(50), /not signed by the key/)
  const other = await xeroctl(t, ['audit', 'verify', '--from', folder, '--key', 'nonsense'], { env: {} })
  assert.equal(other.code, exitCodes.usage.code)
})

test('a record shows its proof, and what is no record is not found', async (t) => {
  await sealed()
  const [record] = await recordsOf(t)
  const shown = await cli(t, 'audit', 'show', record?.id ?? '')
  assert.match(shown.stdout, /Proof of inclusion/)
  assert.equal((await cli(t, 'audit', 'show', '99-99')).code, exitCodes.notFound.code)
})

test('the folder of an export must be empty', async (t) => {
  const folder = emptyFolder(t)
  writeFileSync(join(folder, 'mine'), '')
  const { code, stderr } = await cli(t, 'audit', 'export', '--to', folder)
  assert.equal(code, exitCodes.usage.code)
  assert.match(stderr, /is not empty/)
  rmSync(join(folder, 'mine'))
})
