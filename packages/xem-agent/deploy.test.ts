// What deploy/ says must be what the agent does.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { createAgentMetrics } from '@xerotier/link/agent/metrics.ts'
import { createMetricsRegistry } from '@xerotier/runtime/metrics.ts'
import { parse } from 'yaml'
import { options } from './config.ts'
import { createExecutionMetrics } from './metrics.ts'

const read = (name: string) => readFileSync(join(import.meta.dirname, '../../deploy', name), 'utf8')
const identity = { project: 'proj_x', agent: 'agt_x', name: 'x', version: '1' }

function registry() {
  const registry = createMetricsRegistry()
  createAgentMetrics(registry, 'xem', identity, {
    unacknowledgedResults: () => 2,
    online: () => true,
    manifestVersion: () => 3,
    clockOffsetSeconds: () => 0,
  })
  const metrics = createExecutionMetrics(registry, 20, { inFlight: () => 1, bundlesRefused: () => 0, now: () => 0 })
  return { registry, metrics }
}

interface Alert {
  alert?: string
  expr: string
  labels: Record<string, string>
  annotations: Record<string, string>
}

test('every alert says whom it concerns, what to do, and where more stands, and has a test', () => {
  const runbooks = readFileSync(join(import.meta.dirname, '../../docs/runbooks.md'), 'utf8')
  const headings = [...runbooks.matchAll(/^## (\S+)$/gm)].map(([, heading]) => heading)
  const alerts = ['alert-rules', 'slo-rules'].flatMap((name) => {
    const { groups }: { groups: { rules: Alert[] }[] } = parse(read(`${name}.yaml`))
    const tests = read(`${name}.test.yaml`)
    return groups.flatMap(({ rules }) => rules.flatMap((rule) => (rule.alert === undefined ? [] : [{ rule, tests }])))
  })
  assert.deepEqual(
    alerts.map(({ rule }) => rule.alert),
    headings,
  )
  for (const { rule, tests } of alerts) {
    const { alert, expr, labels, annotations } = rule
    // A series of an agent has project and agent; the router's concern everybody.
    const ofAgents = /\bxem_/.test(expr)
    assert.ok(ofAgents ? labels.workspace === '*' || expr.includes('by (project, workspace, agent)') : true, alert)
    if (!ofAgents) assert.deepEqual([labels.project, labels.workspace, labels.agent], ['*', '*', '*'], alert)
    assert.match(labels.severity ?? '', /^(?:critical|warning)$/, alert)
    assert.deepEqual(Object.keys(annotations), ['summary', 'action', 'runbook_url'], alert)
    assert.equal(annotations.runbook_url, `docs/runbooks.md#${alert?.toLowerCase()}`)
    const fires = tests.split('alertname: ').slice(1)
    assert.ok(
      fires.some((text) => text.startsWith(`${alert}\n        exp_alerts:\n`)),
      `${alert} is never seen to fire`,
    )
  }
})

test('project and agent are on every series, the workspace on those about calls', async () => {
  const { registry: all, metrics } = registry()
  metrics.ended({ tool: 't', workspace: 'w', outcome: 'completed', seconds: 1, bytes: 2, traceparent: null })
  metrics.refused({ code: 'grant_invalid', workspace: 'w' })
  const lines = (await all.metrics()).split('\n').filter((line) => line.startsWith('xem_'))
  assert.ok(lines.length > 10)
  for (const line of lines) assert.match(line, /project="proj_x".*agent="agt_x"/)
  for (const name of ['xem_executions_total', 'xem_execution_duration_seconds_count', 'xem_dispatches_refused_total']) {
    assert.match(lines.find((line) => line.startsWith(`${name}{`)) ?? '', /workspace="w"/, name)
  }
})

test('every setting in deploy/ is one that the agent reads, with the default that it names', () => {
  const variables = new Set(Object.values(options).flatMap((option): readonly string[] => option.env))
  const compose = parse(read('compose.yaml')) as { services: { xem: { environment: Record<string, string> } } }
  const named = [
    ...Object.keys(compose.services.xem.environment),
    ...(read('xem.Containerfile').match(/XEM_[A-Z_]+(?==)/g) ?? []),
    ...(read('xem.env').match(/^XEM_[A-Z_]+/gm) ?? []),
  ]
  assert.ok(named.length > 6)
  for (const name of named) assert.ok(variables.has(name), name)
  for (const [, commented, key, value] of read('xem.yaml').matchAll(/^(# )?([a-z_]+): (.+)$/gm)) {
    const option = options[key as keyof typeof options]
    assert.ok(option !== undefined, key)
    const fallback = 'default' in option ? option.default : undefined
    const text = typeof fallback === 'function' ? fallback({}) : String(fallback)
    if (commented !== undefined) assert.equal(value, text, key)
  }
})

const rights = ['CAP_SETUID', 'CAP_SETGID', 'CAP_CHOWN', 'CAP_KILL']

test('the unit and the compose file give the agent what it needs to run tools as another user, and no more', () => {
  const unit = read('xerotier-xem.service')
  for (const set of ['AmbientCapabilities', 'CapabilityBoundingSet'])
    assert.deepEqual(unit.match(new RegExp(`^${set}=.*$`, 'gm')), [`${set}=${rights.join(' ')}`])
  const { services } = parse(read('compose.yaml')) as { services: { xem: { cap_drop: string[]; cap_add: string[] } } }
  assert.deepEqual(services.xem.cap_drop, ['ALL'])
  assert.deepEqual(
    services.xem.cap_add.map((name) => `CAP_${name}`),
    rights,
  )
})

test('the image gives up being root, and keeps four rights only to run tools as another user', {
  skip: process.getuid?.() !== 0 && 'needs root',
}, (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'xem-entrypoint-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const says = '#!/bin/sh\nid -u; grep ^CapEff /proc/self/status; echo "$XEM_TOOLS_USER"; echo "$@"\n'
  writeFileSync(join(folder, 'node'), says, { mode: 0o755 })
  spawnSync('chmod', ['755', folder])
  const path = join(import.meta.dirname, '../../deploy/xem-entrypoint.sh')
  const start = (env: Record<string, string>, ...before: string[]) => {
    const [program = '', ...argv] = [...before, '/bin/sh', path, '--log-level', 'info']
    const { stdout, stderr } = spawnSync(program, argv, {
      encoding: 'utf8',
      env: { PATH: `${folder}:/usr/bin:/bin`, ...env },
    })
    assert.equal(stderr, '')
    return stdout.trim().split(/\n(?:CapEff:\t0*)?/)
  }
  const agent = '/opt/xerotier/packages/xem-agent/main.ts --log-level info'
  assert.deepEqual(start({}), ['5153', 'e1', 'xem-tools', agent])
  assert.deepEqual(start({ XEM_TOOLS_USER: 'other' }), ['5153', 'e1', 'other', agent])
  assert.deepEqual(start({ XEM_TOOLS_USER: '' }), ['5153', '', '', agent])
  const someUser = ['setpriv', '--reuid=4711', '--regid=4711', '--clear-groups']
  assert.deepEqual(start({}, ...someUser), ['4711', '', '', agent])
})
