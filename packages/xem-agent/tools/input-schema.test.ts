import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { limits } from '@xerotier/protocol/limits.ts'
import { createLog } from '@xerotier/runtime/log.ts'
import { loadCatalogue } from './catalogue.ts'
import { catalogueOptions } from './fixtures/catalogue-options.ts'
import { compileInputSchema } from './input-schema.ts'

const $id = 'https://schemas.example/tree'
const referring = (ref: string) => ({ type: 'object', properties: { child: { $ref: ref } } })

test('a schema that only holds with its $id is refused, as the router would refuse it', () => {
  for (const mode of ['strict', 'lenient'] as const) {
    assert.throws(
      () => compileInputSchema({ $id, ...referring($id) }, mode),
      /properties\.child\.\$ref: the reference https:\/\/schemas\S+ leads nowhere/,
    )
    for (const ref of ['#', 'https://json-schema.org/draft/2020-12/schema']) {
      const check = compileInputSchema({ $id, ...referring(ref) }, mode)
      assert.equal(check({ child: { type: 'object' } }), undefined)
      assert.match(check({ child: 1 }) ?? '', /^\/child must be object/)
    }
  }
})

test('a schema whose check would answer later is refused, wherever it says so', () => {
  const later = { $async: true, type: 'object' }
  for (const mode of ['strict', 'lenient'] as const) {
    assert.throws(() => compileInputSchema(later, mode), /must not have "\$async"/)
    for (const schema of [
      { type: 'object', properties: { child: later } },
      { ...referring('#/$defs/later'), $defs: { later } },
    ]) {
      assert.throws(() => compileInputSchema(schema, mode), /\.\$async: the schema must not have/)
    }
  }
})

test('a default that its own schema refuses is named with its place, however deep it stands', () => {
  const below = (inner: object) => ({
    type: 'object',
    properties: { list: { type: 'array', items: { type: 'object', properties: { path: inner } } } },
  })
  const wrong = { type: 'string', pattern: '^/', default: '../x' }
  const circle = { ...referring('#'), properties: { child: { $ref: '#', default: {} } } }
  for (const mode of ['strict', 'lenient'] as const) {
    assert.throws(
      () => compileInputSchema(below(wrong), mode),
      /default does not fit its own schema: \/list\/0\/path must/,
    )
    assert.throws(
      () => compileInputSchema(circle, mode),
      /the defaults cannot be checked: its defaults hold each other/,
    )
    const secret = { type: 'string', writeOnly: true, default: 'x' }
    assert.throws(() => compileInputSchema(below(secret), mode), /\/list\/0\/path is a secret/)
    compileInputSchema(below({ type: 'string', default: '/x' }), mode)
  }
})

test('a name inside one schema means nothing in another', () => {
  const named = { type: 'object', properties: { child: { $id: `${$id}/child`, type: 'string' } } }
  compileInputSchema(named, 'lenient')
  assert.throws(() => compileInputSchema(referring(`${$id}/child`), 'lenient'), /leads nowhere/)
})

test('a schema goes with the last that uses it', async () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const compiled = (mode: 'strict' | 'lenient') => {
    const schema = { $id, ...referring('#') }
    compileInputSchema(schema, mode)({})
    return new WeakRef(schema.properties)
  }
  const seen = [compiled('strict'), compiled('lenient'), compiled('strict')]
  // What was looked at in a turn of the loop lives until its end.
  await new Promise(setImmediate)
  collect()
  assert.deepEqual(
    seen.map((one) => one.deref()),
    [undefined, undefined, undefined],
  )
})

test('a tool of an MCP server whose schema the router would refuse is named in the log, and the others stay', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'xem-schema-'))
  mkdirSync(join(folder, 'trees'))
  const server = join(import.meta.dirname, 'fixtures/mcp-server-self-reference.ts')
  writeFileSync(
    join(folder, 'trees', 'bundle.yaml'),
    `name: trees\nversion: '1'\ndomain: test\nmcp: { command: '${process.execPath}', args: ['${server}'] }\n`,
  )
  const lines: string[] = []
  const log = createLog({ level: 'warning', name: 'agent', destination: { write: (line) => void lines.push(line) } })
  const catalogue = await loadCatalogue({ ...catalogueOptions(folder), log })
  await catalogue.close()
  rmSync(folder, { recursive: true })
  assert.deepEqual([...catalogue.tools.keys()], ['leaf'])
  const leftOut = [{ name: 'tree', reason: `properties.child.$ref: the reference ${$id} leads nowhere` }]
  assert.deepEqual(catalogue.bundles, [{ name: 'trees', version: '1', error: null, left_out: leftOut }])
  assert.equal(lines.length, 1)
  const { bundle, tool, reason } = JSON.parse(lines[0]!)
  assert.deepEqual(
    [bundle, tool, reason],
    ['trees', 'tree', `properties.child.$ref: the reference ${$id} leads nowhere`],
  )
})

test('a schema that is as it was is not compiled again, and what is remembered is bounded', () => {
  const schemaOf = (name: string) => ({ type: 'object', properties: { [name]: { type: 'string' } } })
  const first = compileInputSchema(schemaOf('first'), 'strict')
  assert.equal(compileInputSchema(schemaOf('first'), 'strict'), first)
  assert.notEqual(compileInputSchema(schemaOf('first'), 'lenient'), first)
  for (let other = 0; other < 2 * limits.toolsPerManifest; other++) compileInputSchema(schemaOf(`p${other}`), 'strict')
  assert.notEqual(compileInputSchema(schemaOf('first'), 'strict'), first)
})
