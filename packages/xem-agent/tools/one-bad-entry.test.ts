// What is wrong with one entry of a bundle, or of a server's list, must not lose the others; each
// that is left out is named.
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { createManifestKeeper } from '@xerotier/link/agent/manifest.ts'
import { manifestSchema } from '@xerotier/protocol/manifest.ts'
import { createLog } from '@xerotier/runtime/log.ts'
import { type Catalogue, loadCatalogue } from './catalogue.ts'
import { catalogueOptions } from './fixtures/catalogue-options.ts'
import type { Script } from './fixtures/raw-mcp-server.ts'
import { offerOf } from './offer.ts'

let folder: string
let catalogue: Catalogue | undefined
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'xem-tools-'))
})
afterEach(async () => {
  await catalogue?.close()
  rmSync(folder, { recursive: true })
})

const lines: { msg: string; [key: string]: unknown }[] = []
const log = createLog({
  level: 'warning',
  name: 'agent',
  destination: { write: (line) => void lines.push(JSON.parse(line)) },
})

async function load(change: Partial<Parameters<typeof loadCatalogue>[0]> = {}): Promise<Catalogue> {
  await catalogue?.close()
  lines.length = 0
  catalogue = await loadCatalogue({ ...catalogueOptions(folder), log, ...change })
  // Whatever came of it, the router takes the manifest.
  const keeper = createManifestKeeper(join(folder, '.manifest.json'))
  keeper.update(offerOf(catalogue))
  manifestSchema.parse(keeper.current())
  return catalogue
}

const names = ({ tools }: Catalogue) => [...tools.keys()]
const leftOut = ({ bundles }: Catalogue) => bundles.flatMap(({ left_out }) => left_out)

function write(name: string, text: string): void {
  mkdirSync(join(folder, name), { recursive: true })
  writeFileSync(join(folder, name, 'bundle.yaml'), text)
}

function writeServer(script: Partial<Script>, mcp = ''): void {
  write('raw', '')
  writeFileSync(join(folder, 'raw', 'script.json'), JSON.stringify({ pages: [[]], ...script }))
  const server = join(import.meta.dirname, 'fixtures/raw-mcp-server.ts')
  const command = `command: '${process.execPath}', args: ['${server}', script.json]`
  write('raw', `name: raw\nversion: '1'\ndomain: test\nmcp: { ${command}${mcp} }\n`)
}

const inputSchema = { type: 'object' }
const entry = (name: string, rest: Record<string, unknown> = {}) => ({ name, inputSchema, ...rest })

test('a tool that a server lists badly is named with its reason, and the others are offered', async () => {
  const bad: [unknown, name: string, reason: RegExp][] = [
    [entry('no_type', { inputSchema: {} }), 'no_type', /must have "type: object"/],
    [entry('list_type', { inputSchema: { type: 'array' } }), 'list_type', /must have "type: object"/],
    [{ name: 'no_schema' }, 'no_schema', /has no input schema/],
    [entry('bad pattern', {}), 'bad pattern', /not made of letters/],
    [
      entry('pattern', { inputSchema: { type: 'object', properties: { a: { pattern: '^(?=a)(a+)+$' } } } }),
      'pattern',
      /^properties\.a\.pattern: the pattern cannot be matched in linear time/,
    ],
    [entry('a_ref', { inputSchema: { type: 'object', properties: { a: { $ref: 'x:y' } } } }), 'a_ref', /leads nowhere/],
    [entry('task', { execution: { taskSupport: 'required' } }), 'task', /as a task only/],
    [entry('twice'), 'twice', /lists another of this name/],
    [{ inputSchema }, 'number 14', /has no name/],
    ['no entry', 'number 15', /has no name/],
    [entry(`nul\0${'😀'.repeat(100)}`), `nul\ufffd${'😀'.repeat(62)}`, /not made of letters/],
  ]
  const good = [
    entry('first'),
    entry('twice'),
    entry('odd_output', { outputSchema: { type: 'array' } }),
    entry('odd_description', { description: 7, execution: { taskSupport: 'optional' } }),
    entry('long_description', { description: `${'x'.repeat(1999)}😀\0` }),
  ]
  const all = [...good, ...bad.map(([one]) => one), entry('last')]
  writeServer({ pages: [all], before: '\ufeff' })
  const loaded = await load()
  assert.deepEqual(names(loaded), [...good.map(({ name }) => name), 'last'])
  const left = leftOut(loaded)
  assert.deepEqual(
    left.map(({ name }) => name),
    bad.map(([, name]) => name),
  )
  for (const [index, [, name, reason]] of bad.entries()) assert.match(left[index]?.reason ?? '', reason, name)
  assert.deepEqual(
    loaded.bundles.map(({ error }) => error),
    [null],
  )
  assert.equal(lines.filter(({ msg }) => msg === 'tool is not offered').length, bad.length)
  assert.equal(loaded.tools.get('long_description')?.descriptor.description, 'x'.repeat(1999))
})

test('a hundred pages of tools are read, and a pagination that does not end stops where it began again', async () => {
  const pages = Array.from({ length: 100 }, (_, page) => [entry(`tool_${page}`)])
  writeServer({ pages })
  assert.equal((await load()).tools.size, 100)
  writeServer({ pages: pages.slice(0, 3), endless: true })
  const endless = await load()
  assert.deepEqual(names(endless), ['tool_0', 'tool_1', 'tool_2'])
  assert.match(JSON.stringify(lines), /names the same page of tools again and again/)
})

test('more tools than a manifest takes are named as far as it can name them', async () => {
  writeServer({ pages: [Array.from({ length: 5000 }, (_, index) => entry(`tool_${index}`))] })
  const loaded = await load()
  assert.ok(loaded.tools.size > 2_000 && loaded.tools.size < 5_000, `${loaded.tools.size} tools`)
  const left = leftOut(loaded)
  assert.ok(left.length > 150)
  assert.match(left[0]?.reason ?? '', /bytes of the manifest/)
  const more = `${5000 - loaded.tools.size - (left.length - 1)} more`
  assert.deepEqual(left.at(-1), { name: more, reason: 'The log of the agent names them.' })
})

test('a bundle says which tools it wants of a server, and every name that it writes in vain is warned about', async () => {
  const tools = ['get_one', 'get_all', 'set', 'drop', 'constructor'].map((name) => entry(name))
  const risks = `risks: { 'get_*': read, get_all: write, sett: write, 'x_*': read }`
  writeServer(
    { pages: [tools] },
    `, include: ['get_*', set, drop, constructor], exclude: [dr*p, nothing], idempotent: [get_all, gone], ${risks}`,
  )
  const loaded = await load()
  assert.deepEqual(
    [...loaded.tools.values()].map(({ descriptor: { name, risk, idempotent } }) => [name, risk, idempotent]),
    [
      ['get_one', 'read', false],
      ['get_all', 'write', true],
      ['set', 'destructive', false],
      ['constructor', 'destructive', false],
    ],
  )
  assert.deepEqual(leftOut(loaded), [])
  const warned = lines.map(({ warning }) => warning).filter((warning) => warning !== undefined)
  assert.deepEqual(warned, [
    'mcp.risks names sett, which its server does not have',
    'mcp.risks names x_*, which its server does not have',
    'mcp.idempotent names gone, which its server does not have',
    'mcp.exclude names nothing, which its server does not have',
  ])
})

const tool = (name: string, rest = '', command = "['true']") =>
  `  - { name: ${name}, description: d, risk: read, input_schema: { type: object }, command: ${command}${rest} }\n`
const bundle = (name: string, tools: string) => `name: ${name}\nversion: '1'\ndomain: test\ntools:\n${tools}`

test('a tool of a file that is wrong is left out with its line, and the others are offered', async () => {
  write(
    'a',
    bundle(
      'a',
      [
        tool('good'),
        tool('shell', '', '[sh, -c, x]'),
        tool('key', ', colour: red'),
        tool('undoes', ', undo: { tool: shell }'),
        tool('undoes_that', ', undo: { tool: undoes }'),
        tool('good'),
        '  - just text\n',
        tool('other', ', aliases: [good, another]'),
      ].join(''),
    ),
  )
  const loaded = await load()
  assert.deepEqual(names(loaded), ['good', 'other', 'another'])
  const path = join(folder, 'a', 'bundle.yaml')
  assert.deepEqual(leftOut(loaded), [
    { name: 'shell', reason: `${path}:6: tools.1.command: shell: a command cannot be sh: there is no shell` },
    { name: 'key', reason: `${path}:7: tools.2.colour: Unrecognized key: "colour"` },
    { name: 'good', reason: `${path}:10: tools.5: good is there twice` },
    { name: 'number 7', reason: `${path}:11: tools.6: Invalid input: expected object, received string` },
    { name: 'good', reason: `${path}:12: tools.7: good is there twice` },
    { name: 'undoes', reason: `${path}:8: tools.3.undo: undoes: the bundle has no tool shell` },
    { name: 'undoes_that', reason: `${path}:9: tools.4.undo: undoes_that: the bundle has no tool undoes` },
  ])
})

test('a new bundle takes no name of one that serves: neither of its tools nor its own', async () => {
  write('m-old', bundle('old', tool('serve') + tool('also')))
  const before = await load()
  write('a-new', bundle('new', tool('serve') + tool('extra')))
  write('b-same-name', bundle('old', tool('of_the_same_name')))
  const after = await load({ owners: before.owners })
  assert.deepEqual(names(after).sort(), ['also', 'extra', 'serve'])
  assert.equal(after.tools.get('serve')?.descriptor.bundle, 'old')
  const [added, same, old] = after.bundles
  assert.match(added?.left_out[0]?.reason ?? '', /the tool serve is in bundle old already/)
  assert.match(same?.error ?? '', /a bundle old is loaded already/)
  assert.deepEqual([old?.error, old?.left_out], [null, []])
  // Who gives a name up lets the next have it.
  write('m-old', bundle('old', tool('also')))
  const given = await load({ owners: after.owners })
  assert.equal(given.tools.get('serve')?.descriptor.bundle, 'new')
})

test('a default that its command would refuse is found at load', async () => {
  const schema = "{ type: object, additionalProperties: false, properties: { a: { type: string, default: '-rf' } } }"
  const entry = (name: string, command: string) =>
    `  - { name: ${name}, description: d, risk: read, input_schema: ${schema}, command: ${command} }\n`
  write(
    'a',
    `name: a\nversion: '1'\ndomain: test\ntools:\n${entry('bare', "[echo, '{a}']")}${entry('behind', "[echo, --, '{a}']")}`,
  )
  const loaded = await load()
  assert.deepEqual(names(loaded), ['behind'])
  const [flaw] = leftOut(loaded)
  assert.match(flaw?.reason ?? '', /tools\.0\.command: bare: the default of a must not begin with a hyphen$/)
})

test('a variable of the agent itself is refused to who asks for it, and named', async () => {
  const entry = (name: string, more = '') =>
    `  - { name: ${name}, description: d, risk: read, input_schema: { type: object }, command: [echo]${more} }\n`
  const head = (name: string, more = '') => `name: ${name}\nversion: '1'\ndomain: test\n${more}tools:\n`
  const greedy = `${entry('passes', ', pass_env: [HOME, XEM_JOIN_KEY]')}${entry('hosts', ', host_env: [XEROTIER_URL]')}`
  write('a', head('a') + greedy + entry('modest', ', pass_env: [XEMACS]'))
  write('b', head('b', 'pass_env: [XEM_ROUTER_AUTH_TOKEN]\n') + entry('whole'))
  const loaded = await load()
  assert.deepEqual(names(loaded), ['modest'])
  const reasons = leftOut(loaded).map(({ name, reason }) => `${name}: ${reason}`)
  assert.match(reasons[0] ?? '', /^passes: .*pass_env.*XEM_JOIN_KEY is a variable of the agent itself/)
  assert.match(reasons[1] ?? '', /^hosts: .*host_env.*XEROTIER_URL is a variable of the agent itself/)
  const refused = loaded.bundles.find(({ error }) => error !== null)
  assert.match(refused?.error ?? '', /pass_env.*XEM_ROUTER_AUTH_TOKEN is a variable of the agent itself/)
})

test('what is nested too deep is left out with its reason, wherever it stands', async () => {
  const levels = 100_000
  // JSON.stringify has no stack for it either.
  writeServer({ pages: [] })
  const entry = `{"name":"input","inputSchema":{"type":"object","examples":${'['.repeat(levels)}${']'.repeat(levels)}}}`
  const output = `{"name":"output","inputSchema":{"type":"object"},"outputSchema":${'{"items":'.repeat(levels)}{}${'}'.repeat(levels)}}`
  const page = `[${entry},${output},{"name":"fine","inputSchema":{"type":"object"}}]`
  writeFileSync(join(folder, 'raw', 'script.json'), JSON.stringify({ pages: [], rawPage: page }))
  const loaded = await load()
  assert.deepEqual(names(loaded), ['fine'])
  assert.deepEqual(
    leftOut(loaded).map(({ name, reason }) => [name, reason]),
    [
      ['input', 'its inputSchema is nested deeper than 512 levels'],
      ['output', 'its outputSchema is nested deeper than 512 levels'],
    ],
  )
})

test('a bundle that is nested too deep is refused, and the others stay', async () => {
  const levels = 100_000
  write('a', `name: ${'['.repeat(levels)}${']'.repeat(levels)}`)
  write('b', `name: ${'{a: '.repeat(1000)}1${'}'.repeat(1000)}`)
  write('c', `${'- '.repeat(levels)}1`)
  writeServer({ pages: [[{ name: 'fine', inputSchema }]] })
  const loaded = await load()
  assert.deepEqual(names(loaded), ['fine'])
  for (const one of ['a', 'b', 'c'])
    assert.match(loaded.bundles.find(({ name }) => name === one)?.error ?? '', /nested deeper than 512 levels/)
})
