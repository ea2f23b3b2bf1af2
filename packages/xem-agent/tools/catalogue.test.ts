import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { createManifestKeeper } from '@xerotier/link/agent/manifest.ts'
import { canonicalJson } from '@xerotier/protocol/canonical.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { manifestContent, manifestSchema } from '@xerotier/protocol/manifest.ts'
import { createLog } from '@xerotier/runtime/log.ts'
import { loadCatalogue } from './catalogue.ts'
import { catalogueOptions } from './fixtures/catalogue-options.ts'
import { offerOf } from './offer.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'xem-tools-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const load = (shipped: readonly string[] = []) => loadCatalogue(catalogueOptions(folder, shipped))

function write(name: string, text: string): void {
  mkdirSync(join(folder, name), { recursive: true })
  writeFileSync(join(folder, name, 'bundle.yaml'), text)
}

const good = (name: string, tool = `${name}_tool`, risk = 'read') => `name: ${name}
version: '1'
domain: test
tools:
  - name: ${tool}
    description: d
    risk: ${risk}
    input_schema: { type: object, additionalProperties: false, properties: { a: { type: string } } }
    command: ['true', '--a={a}']
`

test('every shipped bundle loads and makes a valid manifest', async () => {
  const shipped = ['host', 'kubernetes', 'aws', 'router', 'bench']
  const catalogue = await load(shipped)
  assert.deepEqual(
    catalogue.bundles,
    shipped.map((name) => ({ name, version: '1.0.0', error: null, left_out: [] })),
  )
  const keeper = createManifestKeeper(join(folder, 'manifest.json'))
  keeper.update(offerOf(catalogue))
  manifestSchema.parse(keeper.current())
  const risks = Object.fromEntries([...catalogue.tools].map(([name, { descriptor }]) => [name, descriptor.risk]))
  assert.equal(risks.host_process_kill, 'destructive')
  assert.equal(risks.kubectl_drain, 'destructive')
  assert.equal(risks.kubectl_delete, 'irreversible')
  assert.equal(risks.aws_ec2_terminate, 'irreversible')
  const schema = (name: string) => catalogue.tools.get(name)!.descriptor.schema_digest
  assert.equal(schema('kubectl_drain'), schema('kubectl_node_drain'))
})

test('a malformed bundle is refused with file, line and reason, and the others load', async () => {
  write('a-good', good('a'))
  const cases: [string, string, RegExp][] = [
    ['b-syntax', 'name: b\ntools: [', /b-syntax\/bundle\.yaml:\d+: /],
    ['c-key', `${good('c')}colour: red\n`, /c-key\/bundle\.yaml:10: colour: Unrecognized key/],
    ['d-risk', good('d', 'd_tool', 'mild'), /d-risk\/bundle\.yaml:7: tools\.0\.risk: Invalid option/],
    ['e-name', good('e', 'e tool'), /e-name\/bundle\.yaml:5: tools\.0\.name: must be letters/],
    [
      'f-placeholder',
      good('f').replace('{a}', '{b}'),
      /f-placeholder\/bundle\.yaml:9: tools\.0\.command: f_tool: \{b\} is no property/,
    ],
    [
      'g-schema',
      good('g').replace('type: string', 'typ: string'),
      /g-schema\/bundle\.yaml:8: tools\.0\.input_schema: g_tool: properties\.a: unknown keyword "typ"/,
    ],
    ['h-shell', good('h').replace("'true'", 'bash'), /h-shell\/bundle\.yaml:9: .*there is no shell/],
    ...['sh, -c', '/bin/bash, -c', '-exec, sh, -c', '[-u, root], { if: b, add: [dash, -c] }'].map(
      (words, n): [string, string, RegExp] => [
        `h-shell-behind-${n}`,
        good(`hs${n}`)
          .replace("'true', '--a={a}'", `timeout, '5', ${words}, 'ls {a}'`)
          .replace('{ a:', '{ b: { type: boolean }, a:'),
        /bundle\.yaml:9: .*a value behind the word \S*sh could become a command: there is no shell/,
      ],
    ),
    ['i-same', good('i', 'a_tool'), /i-same\/bundle\.yaml:5: tools: the tool a_tool is in bundle a already/],
    [
      'j-builtin',
      good('j').replace(/command: .*/, 'builtin: constructor'),
      /j-builtin\/bundle\.yaml:9: .*no function constructor/,
    ],
    ['k-nothing', 'name: k\nversion: "1"\ndomain: d\n', /k-nothing\/bundle\.yaml:1: needs either tools or mcp/],
    ['l-a-again', good('a', 'other'), /l-a-again\/bundle\.yaml:1: name: a bundle a is loaded already/],
    [
      'm-traversal',
      good('m').replace('domain: test', 'domain: test\ncredentials_ref: ../x'),
      /:4: credentials_ref: must be a plain file name/,
    ],
    ...['-{a}', '--{a}', '-n{a}', '--name{a}'].map((word, n): [string, string, RegExp] => [
      `n-option-${n}`,
      good(`n${n}`).replace('--a={a}', word),
      /bundle\.yaml:9: .*would let a value choose an option; write "--name=\{a\}", or two words/,
    ]),
    [
      'o-nul',
      good('o').replace('description: d', 'description: "a\\0b"'),
      /o-nul\/bundle\.yaml:5: .*o_tool: description must hold no NUL/,
    ],
    [
      'o-schema',
      good('ot').replace('type: string', 'type: string, title: "a\\0b"'),
      /o-schema\/bundle\.yaml:8: tools\.0\.input_schema: must hold no NUL/,
    ],
    [
      'o-surrogate',
      good('os').replace('description: d', 'description: "\\ud800"'),
      /o-surrogate\/bundle\.yaml:5: .*os_tool: description must hold no lone surrogate/,
    ],
  ]
  for (const [name, text] of cases) write(name, text)
  mkdirSync(join(folder, 'p-empty'))
  write('z-good', good('z'))
  const { tools, bundles } = await load()
  assert.deepEqual([...tools.keys()], ['a_tool', 'z_tool'])
  for (const [index, [name, , reason]] of cases.entries()) assert.match(bundles[index + 1]?.error ?? '', reason, name)
  assert.match(bundles.at(-2)?.error ?? '', /p-empty\/bundle\.yaml: cannot be read \(ENOENT\)/)
  assert.deepEqual(
    bundles.filter((bundle) => bundle.error === null).map((bundle) => bundle.name),
    ['a', 'z'],
  )
})

test('a bundle that would make the manifest too large is refused with its file, and those before and after it load', async () => {
  const large = (name: string, bytes: number) =>
    good(name).replace('type: string', `type: string, const: "${'x'.repeat(bytes)}"`)
  write('a', large('a', 500_000))
  write('b', large('b', 500_000))
  write('c-large', large('c', 50_000))
  write('d', good('d'))
  const lines: string[] = []
  const log = createLog({ level: 'warning', name: 'test', destination: { write: (line) => void lines.push(line) } })
  const catalogue = await loadCatalogue({ ...catalogueOptions(folder), log })
  const [refused, ...others] = catalogue.bundles.filter((bundle) => bundle.error !== null)
  assert.equal(refused?.name, 'c')
  assert.match(refused?.error ?? '', /c-large\/bundle\.yaml:5: tools: it takes 50\d\d\d bytes of the manifest/)
  assert.deepEqual(others, [])
  assert.deepEqual([...catalogue.tools.keys()], ['a_tool', 'b_tool', 'd_tool'])
  assert.ok(lines.some((line) => line.includes('bundle refused') && line.includes('it takes')))

  const keeper = createManifestKeeper(join(folder, 'manifest.json'))
  const workspaces = Array.from({ length: limits.workspacesPerManifest }, (_, index) => `ws_${index}`.padEnd(27, 'f'))
  keeper.update({ ...offerOf(catalogue), workspaces })
  const bytes = Buffer.byteLength(canonicalJson(manifestContent(keeper.current())))
  assert.ok(bytes <= limits.manifestBytes && bytes > limits.manifestBytes - 50_000, `${bytes} bytes`)
})

test('a word that names a shell is one of many where no value follows it, and so is a starter of programs', async () => {
  write('a', good('a').replace("'true', '--a={a}'", "'true', '--a={a}', /etc/bash, sh"))
  write('b', good('b').replace("'true', '--a={a}'", "kubectl, set, env, '--a={a}'"))
  assert.deepEqual([...(await load()).tools.keys()], ['a_tool', 'b_tool'])
})

test('a tools folder that is missing is an empty one', async () => {
  const { tools, bundles } = await loadCatalogue(catalogueOptions(join(folder, 'nothing')))
  assert.deepEqual([tools.size, bundles], [0, []])
})

test('the manifest version counts changes of tools and workspaces, across restarts too, and nothing else', async () => {
  const path = join(folder, 'manifest.json')
  write('a', good('a'))
  const catalogue = await load()
  const first = createManifestKeeper(path)
  assert.equal(first.update(offerOf(catalogue)), true)
  assert.equal(first.update({ workspaces: ['ws_0123456789ab'] }), true)
  assert.equal(first.update({ workspaces: ['ws_0123456789ab'] }), false)
  assert.equal(first.current().manifest_version, 2)

  const restarted = createManifestKeeper(path)
  assert.equal(restarted.update(offerOf(await load())), false)
  assert.equal(restarted.current().manifest_version, 2)
  assert.deepEqual(restarted.current().workspaces, ['ws_0123456789ab'])
  assert.equal(restarted.current().manifest_hash, first.current().manifest_hash)

  write('a', good('a', 'a_tool', 'destructive'))
  assert.equal(restarted.update(offerOf(await load())), true)
  assert.equal(restarted.current().manifest_version, 3)
})

test('words that no program could be given are refused at load, with their line', async () => {
  write('a', good('a').replace("'true'", '"a\\0b"'))
  write('b', good('b').replace("'true'", '"\\ud83d"'))
  write('c', good('c').replace('description: d', 'description: d\n    env: { A: "\\ud83d" }'))
  write('d', '')
  writeFileSync(
    join(folder, 'd', 'bundle.yaml'),
    Buffer.concat([Buffer.from(`${good('d').replace("'true'", "'")}`), Buffer.from([0xff, 0xfe]), Buffer.from("'\n")]),
  )
  const { bundles, tools } = await load()
  assert.equal(tools.size, 0)
  const reasons = bundles.map(({ error }) => error?.replace(`${folder}/`, ''))
  for (const [index, reason] of [
    /^a\/bundle\.yaml:9: tools\.0\.command/,
    /^b\/bundle\.yaml:9: tools\.0\.command/,
    /^c\/bundle\.yaml:7: tools\.0\.env\.A: must hold no NUL and no half of a character/,
    /^d\/bundle\.yaml:10: is not UTF-8/,
  ].entries())
    assert.match(reasons[index] ?? '', reason)
})
