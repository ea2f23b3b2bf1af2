import assert from 'node:assert/strict'
import { test } from 'node:test'
import { json, openEvents, scriptedServer, sendEvent } from '@xerotier/client/scripted-server.fixture.ts'
import { deceits, deceivingApproval, nothingDeceives } from '@xerotier/devkit/deceiving-approval.ts'
import { page, streamed } from '../../records.fixture.ts'
import { envFor, xeroctl } from '../../run.fixture.ts'

const commands = [
  'approvals list',
  'approvals list -o wide',
  'approvals show a1',
  'approvals show a1 -o json',
  'approvals list -o ndjson',
  'approvals approve a1 --note fine --confirm x',
  'approvals reject a1 a2 --yes',
]

for (const words of commands) {
  test(`on a terminal xeroctl ${words} shows nothing that deceives`, async (t) => {
    const one = deceivingApproval({ risk: 'destructive' })
    const results = [
      { id: one.id, approval: one, error: null },
      { id: one.id, approval: null, error: { code: 'approval_expired', message: deceits } },
    ]
    const server = await scriptedServer(({ path }, response) => {
      if (path.endsWith('/decide'))
        json(response, 200, { object: 'approval_decisions', decided: 1, failed: 1, results })
      else json(response, 200, /approvals(\?|$)/.test(path) ? page(one) : one)
    })
    t.after(() => server.close())
    const { stdout, stderr } = await xeroctl(t, words.split(' '), { env: envFor(server), terminal: 140 })
    assert.ok(stdout.includes('\\u202e') || stdout.includes('approved'), stdout)
    // Its own colours are no others' text.
    const escapes = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g')
    nothingDeceives(stdout.replaceAll(escapes, ''), 'stdout')
    nothingDeceives(stderr.replaceAll(escapes, ''), 'stderr')
  })
}

test('approvals watch shows nothing that deceives, and JSON is the same JSON', async (t) => {
  const kind = 'approval.requested' as const
  const told = streamed(deceivingApproval(), { kind, actor_name: deceits })
  for (const format of ['table', 'json']) {
    const server = await scriptedServer((_, response) => {
      openEvents(response)
      sendEvent(response, '1-1', 'x_exec.approval.requested', told)
    })
    t.after(() => server.close())
    let interrupt = () => {}
    const { stdout } = await xeroctl(t, ['approvals', 'watch', '-o', format], {
      env: envFor(server),
      onListening: (end) => (interrupt = end),
      onOutput: (stream) => stream === 'stdout' && interrupt(),
      ...(format === 'table' ? { terminal: 140 } : {}),
    })
    if (format === 'json') assert.deepEqual(JSON.parse(stdout).data ?? JSON.parse(stdout), told)
    else nothingDeceives(stdout.replaceAll(new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g'), ''), 'watch')
  }
})
