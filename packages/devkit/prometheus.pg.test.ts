// What Prometheus itself says of our alerts and metrics.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { debianProgram } from './debian-program.ts'
import { type System, startSystem } from './system.ts'

const promtool = debianProgram('promtool', { package: 'prometheus' })
const skip = typeof promtool === 'string' && promtool
const deploy = join(import.meta.dirname, '../../deploy')

function check(words: readonly string[], input = ''): void {
  if (typeof promtool === 'string') return assert.fail(promtool)
  const env = { ...process.env, ...promtool.env }
  const { status, stdout, stderr } = spawnSync(promtool.path, words, { cwd: deploy, encoding: 'utf8', env, input })
  assert.deepEqual({ status, said: status === 0 ? '' : stdout + stderr }, { status: 0, said: '' })
}

let system: System | undefined
before(async () => {
  if (skip === false) system = await startSystem()
})
after(() => system?.stop())

test('the rules of the alerts are what Prometheus takes', { skip }, () => {
  check(['check', 'rules', 'alert-rules.yaml'])
})

test('each alert fires when it should, and then only', { skip }, () => {
  check(['test', 'rules', 'alert-rules.test.yaml'])
})

test('the metrics of router and agent are named and described as Prometheus wants it', { skip }, async () => {
  if (system === undefined) return assert.fail()
  const agent = await system.addAgent({ name: 'measured' })
  await system.addWorkspace('measured-space', 'generic', [agent])
  await system.run('measured-space', 'bench_echo')
  for (const url of [`${system.client.origin}/metrics`, `http://127.0.0.1:${agent.agent.metricsPort}/metrics`]) {
    const metrics = await (await fetch(url)).text()
    assert.match(metrics, /^# HELP /m, url)
    check(['check', 'metrics'], metrics)
  }
})
