// The guide to investigating an execution, as written.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { toolOf } from '@xerotier/devkit/bare-agent.ts'
import { startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import { servingAgent } from '@xerotier/devkit/serving-agent.ts'
import { path, walkGuide } from './walk.ts'

test('investigate an execution: triage, why, retry, postmortem', async (t) => {
  const home = mkdtempSync(join(tmpdir(), 'xerotier-guide-'))
  t.after(() => rmSync(home, { recursive: true, force: true }))
  const system = await startRouterForTests()
  const serving = await servingAgent(system.client, 'worker', 'ws', [toolOf('look')], { version: '1.2.3' })
  t.after(async () => {
    serving.agent.close()
    await system.stop()
  })
  const first = await system.client.call('invocations.submit', {
    body: { workspace: 'ws', tool: 'look', args: { n: 1 } },
  })
  const call = await serving.agent.next('dispatch')
  const ref = { execution_id: call.execution_id, attempt: call.attempt, lease_epoch: call.lease_epoch }
  const bytes = Buffer.from([0, 255, 10, 27])
  await serving.agent.send([{ t: 'output', ...ref, seq: 0, stream: 'stdout', at: Date.now(), data: bytes }])
  const error = { code: 'execution_failed', message: 'the disk is full' }
  await serving.answer(call, { outcome: 'failed', exit_code: 3, error, stdout_bytes: bytes.length })

  const env = {
    PATH: path,
    HOME: home,
    XEROTIER_BASE_URL: `${system.client.origin}/demo/v1`,
    XEROTIER_API_KEY: system.apiKey,
  }
  const walk = walkGuide('5-investigate-an-execution.md', { workstation: { cwd: home, env } })
  t.after(() => walk.stop())
  Object.assign(walk.values, {
    'execution-id': first.id,
    'agent-id': 'worker',
    reason: 'room again',
    incident: 'INC-42',
  })

  assert.match((await walk.run()).stdout, new RegExp(`${first.id} +failed +look`))
  const shown = (await walk.run()).stdout
  for (const part of [/^Transitions:$/m, /^Attempts:$/m, /worker +1\.2\.3/, /the disk is full \(execution_failed\)/])
    assert.match(shown, part)
  const health = (await walk.run()).stdout
  assert.match(health, /^Fleet: +1 agent: 1 healthy$/m)
  assert.match((await walk.run()).stdout, /agent\.online/)

  const why = (await walk.run()).stdout
  assert.match(why, /It was given to worker \(version 1\.2\.3\)/)
  assert.match(why, /It failed with exit code 3\. the disk is full/)
  assert.match((await walk.run()).stdout, /^tool .* worker$/m)
  const artifacts = await walk.run()
  assert.match(artifacts.stdout + artifacts.stderr, /NAME|nothing found/)
  assert.deepEqual(readFileSync(join(home, 'output.bin')), bytes)

  const retried = await walk.run()
  const [, retryId = ''] = /^Id: +(\S+)$/m.exec(retried.stdout) ?? []
  assert.match(retried.stdout, new RegExp(`^Retry of: +${first.id}$`, 'm'))
  walk.values['retry-id'] = retryId
  await serving.answer(await serving.agent.next('dispatch'))
  assert.match((await walk.run()).stdout, /state +≠ +failed +completed/)

  await walk.run()
  const record = JSON.parse(readFileSync(join(home, 'execution.json'), 'utf8'))
  assert.equal(record.retries[0].id, retryId)
  await walk.run()
  const page = readFileSync(join(home, 'postmortem.md'), 'utf8')
  assert.match(page, /^# Postmortem INC-42$/m)
  assert.match(page, new RegExp(`made ${first.id} again as ${retryId} \\(completed\\)`))
  assert.equal(page.match(/^## [1-7]\. /gm)?.length, 7)
  await walk.end()
})
