// What Prometheus itself says of our metrics, rules and dashboards.
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { memberOf } from '@xerotier/protocol/record.ts'
import { loadConfig } from '@xerotier/runtime/config.ts'
import { parseFlags } from '@xerotier/runtime/config-flags.ts'
import { tracingOf, tracingOptions } from '@xerotier/runtime/tracing/options.ts'
import { type Receiver, startReceiver } from './fakes/otlp-collector/receiver.ts'
import { until } from './faults/until.ts'
import { askPromtool, type Prometheus, prometheusMissing, startPrometheus } from './prometheus.ts'
import { type System, startSystem } from './system.ts'

const skip = prometheusMissing
const deploy = join(import.meta.dirname, '../../deploy')
const ruleFiles = ['alert-rules.yaml', 'slo-rules.yaml']

let collector: Receiver | undefined
let system: System | undefined
let prometheus: Prometheus | undefined
/** Of router and agent. */
let metricsUrls: string[] = []
let traceId: string | null = null

before(async () => {
  if (skip !== false) return
  collector = await startReceiver()
  const env = { XEROTIER_OTEL_ENABLED: 'true', XEROTIER_OTEL_ENDPOINT: collector.endpoint }
  const table = tracingOptions('xerotier-router')
  system = await startSystem({ tracing: tracingOf(loadConfig(table, { flags: parseFlags(table, []), env }).values) })
  const agent = await system.addAgent({ name: 'measured', env })
  await system.addWorkspace('measured-space', 'generic', [agent])
  traceId = (await system.run('measured-space', 'bench_echo')).trace_id
  const targets = [new URL(system.client.origin).host, `127.0.0.1:${agent.agent.metricsPort}`]
  metricsUrls = targets.map((target) => `http://${target}/metrics`)
  prometheus = await startPrometheus(
    { 'xerotier-router': targets[0] ?? '', 'xerotier-xem': targets[1] ?? '' },
    ruleFiles.map((file) => join(deploy, file)),
  )
})
after(async () => {
  await prometheus?.stop()
  await system?.stop()
  await collector?.close()
})

const ask: Prometheus['ask'] = (path, query) => prometheus?.ask(path, query) ?? assert.fail()
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : assert.fail(JSON.stringify(value)))
const resultOf = async (query: string) => listOf(memberOf(await ask('query', { query }), 'result'))

test('the rules are what Prometheus takes', { skip }, () => {
  assert.equal(askPromtool(['check', 'rules', ...ruleFiles], { cwd: deploy }), '')
})

test('each alert fires when it should, and then only', { skip }, () => {
  const tests = ruleFiles.map((file) => file.replace('.yaml', '.test.yaml'))
  assert.equal(askPromtool(['test', 'rules', ...tests], { cwd: deploy }), '')
})

test('the metrics of router and agent are named and described as Prometheus wants it', { skip }, async () => {
  for (const url of metricsUrls) {
    const input = await (await fetch(url)).text()
    assert.match(input, /^# HELP /m, url)
    assert.equal(askPromtool(['check', 'metrics'], { cwd: deploy, input }), '')
  }
})

test('Prometheus scrapes router and agent with the traces of calls as exemplars', { skip }, async () => {
  await until('both to be scraped', async () => ((await resultOf('up == 1')).length === 2 ? true : undefined))
  for (const metric of [
    'xerotier_router_http_request_duration_seconds_bucket{route="invocations.submit"}',
    'xerotier_router_execution_start_seconds_bucket',
    'xerotier_router_executions_ended_total',
    'xem_execution_duration_seconds_bucket{workspace="measured-space"}',
  ]) {
    const found = await until(`an exemplar of ${metric}`, async () => {
      const range = { start: String(Date.now() / 1000 - 600), end: String(Date.now() / 1000 + 60) }
      const series = listOf(await ask('query_exemplars', { query: metric, ...range }))
      return series.length > 0 ? series : undefined
    })
    const traces = found.flatMap((series) =>
      listOf(memberOf(series, 'exemplars')).map((exemplar) => memberOf(memberOf(exemplar, 'labels'), 'trace_id')),
    )
    assert.ok(traces.includes(traceId), `${metric}: ${traces}`)
  }
})

/**
 * Prometheus makes the first two. The certificate's is there with TLS (http/certificate.test.ts),
 * the answers of a witness with one that is outside.
 */
const notHere = [
  'ALERTS',
  'up',
  'xerotier_router_certificate_expiry_timestamp_seconds',
  'xerotier_router_audit_outside_witness_answers_total',
]

/** Names of all metrics that are there, without the endings of their series. */
async function exported(): Promise<Set<string>> {
  const texts = await Promise.all(metricsUrls.map(async (url) => (await fetch(url)).text()))
  const recorded = ruleFiles.flatMap((file) =>
    [...readFileSync(join(deploy, file), 'utf8').matchAll(/^ +- record: (\S+)$/gm)].map(([, name]) => name ?? ''),
  )
  const named = texts.flatMap((text) => [...text.matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name ?? ''))
  return new Set([...named, ...recorded, ...notHere])
}

/** Names of metrics in an expression: words that are no function, label or value. */
function metricsIn(expr: string): string[] {
  const bare = expr.replaceAll(/"[^"]*"|\{[^}]*\}|\[[^\]]*\]|\b(?:by|on|group_left|without|ignoring) *\([^)]*\)/g, ' ')
  return [...bare.matchAll(/[a-zA-Z_:][a-zA-Z0-9_:]*(?! *\(|[a-zA-Z0-9_:])/g)]
    .map(([name]) => name)
    .filter((name) => !/^(?:and|or|unless|offset|bool|m|h|d|s)$/.test(name))
}

const withoutEnding = (name: string) => name.replace(/_(?:bucket|sum|count)$/, '')

interface Board {
  uid: string
  templating: { list: { name: string; type: string; query: string | { query: string } }[] }
  panels: {
    id: number
    title: string
    type: string
    gridPos: { x: number; y: number; w: number; h: number }
    targets?: { expr: string; datasource: { uid: string } }[]
  }[]
}

const boards = globSync('grafana/*.json', { cwd: deploy }).map((file) => ({
  file,
  board: JSON.parse(readFileSync(join(deploy, file), 'utf8')) as Board,
}))

/** As Grafana fills it in where all is chosen. */
const filledIn = (expr: string) => expr.replaceAll('$__rate_interval', '1m').replaceAll(/\$\{?[a-z]+\}?/g, '.*')

test('every query of the dashboards and rules is one that Prometheus takes, of metrics that are there', {
  skip,
}, async () => {
  const known = await exported()
  const groups = listOf(memberOf(await ask('rules'), 'groups'))
  const loaded = groups.flatMap((group) => listOf(memberOf(group, 'rules')))
  assert.ok(loaded.length > 30)
  const queries = [
    ...boards.flatMap(({ file, board }) => [
      ...board.panels.flatMap(({ title, targets = [] }) =>
        targets.map(({ expr }) => ({ where: `${file}: ${title}`, expr })),
      ),
      ...board.templating.list.flatMap(({ name, query }) => {
        const [, expr] = /^label_values\((.*), \w+\)$/.exec(typeof query === 'string' ? query : query.query) ?? []
        return expr === undefined ? [] : [{ where: `${file}: $${name}`, expr }]
      }),
    ]),
    ...loaded.map((rule) => ({ where: String(memberOf(rule, 'name')), expr: String(memberOf(rule, 'query')) })),
  ]
  assert.ok(queries.length > 60)
  for (const { where, expr } of queries) {
    const names = metricsIn(expr)
    assert.ok(names.length > 0, where)
    for (const name of names) assert.ok(known.has(name) || known.has(withoutEnding(name)), `${where}: ${name}`)
    await ask('query', { query: filledIn(expr) }).catch((error) => assert.fail(`${where}: ${error.message}`))
  }
})

test('a dashboard asks the chosen Prometheus, and its panels have places of their own', {
  skip: boards.length === 0,
}, () => {
  assert.equal(new Set(boards.map(({ board }) => board.uid)).size, boards.length)
  for (const { file, board } of boards) {
    assert.equal(board.templating.list[0]?.type, 'datasource', file)
    assert.equal(new Set(board.panels.map(({ id }) => id)).size, board.panels.length, file)
    const taken = new Map<string, string>()
    for (const { title, targets = [], gridPos } of board.panels) {
      // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's
      for (const { datasource } of targets) assert.equal(datasource.uid, '${datasource}', `${file}: ${title}`)
      assert.ok(gridPos.x + gridPos.w <= 24, `${file}: ${title}`)
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          assert.equal(taken.get(`${x}/${y}`), undefined, `${file}: ${title}`)
          taken.set(`${x}/${y}`, title)
        }
    }
  }
})
