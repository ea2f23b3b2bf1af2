import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { until } from '@xerotier/devkit/faults/until.ts'
import { silentLog } from '@xerotier/runtime/log.ts'
import type { Invocation, Tool } from '../tool.ts'
import { type Catalogue, loadCatalogue } from './catalogue.ts'
import { catalogueOptions } from './fixtures/catalogue-options.ts'

const folder = mkdtempSync(join(tmpdir(), 'xem-mcp-'))
const bundle = `
name: fixture
version: '1'
domain: test
credentials_ref: '{workspace}.json'
env: { TOKEN_FILE: '{credentials_file}' }
mcp:
  command: '${process.execPath}'
  args: ['${join(import.meta.dirname, 'fixtures/mcp-server.ts')}']
  risks: { look: read, pid: read, sleep: read, break: write }
  idempotent: [break]
  prefix: fix_
`

let catalogue: Catalogue
before(async () => {
  mkdirSync(join(folder, 'fixture'))
  writeFileSync(join(folder, 'fixture', 'bundle.yaml'), bundle)
  catalogue = await loadCatalogue(catalogueOptions(folder))
})
after(async () => {
  await catalogue.close()
  rmSync(folder, { recursive: true })
})

const tool = (name: string): Tool => catalogue.tools.get(`fix_${name}`)!

async function call(name: string, args: Record<string, unknown> = {}, change: Partial<Invocation> = {}) {
  return callTool(tool(name), args, change)
}

async function callTool({ run }: Tool, args: Record<string, unknown>, change: Partial<Invocation>) {
  if (run.kind !== 'function') throw new assert.AssertionError({ message: 'an MCP tool is a function' })
  let output = ''
  const answer = await run.invoke({
    executionId: 'x',
    args,
    workspace: { workspace_id: 'ws_0123456789ab', workspace: 'w', type: 'generic', credentials_ref: null },
    credentialsFile: undefined,
    timeoutMs: 60_000,
    artifact: () => assert.fail('no artifact'),
    signal: new AbortController().signal,
    log: silentLog,
    write: (_, text) => {
      output += text
    },
    run: () => assert.fail('no program'),
    atMostOnce: false,
    callback: undefined,
    ...change,
  })
  return { ...answer, output }
}

test('the tools of an MCP server are listed at load, and one that the bundle does not rate is destructive', () => {
  const leftOut = { name: 'bad.name', reason: 'its name is not made of letters, digits, _ and -, 64 at most' }
  assert.deepEqual(catalogue.bundles, [{ name: 'fixture', version: '1', error: null, left_out: [leftOut] }])
  const levels = Object.fromEntries(
    [...catalogue.tools].map(([name, { descriptor }]) => [name, [descriptor.risk, descriptor.idempotent]]),
  )
  assert.deepEqual(levels, {
    fix_look: ['read', false],
    fix_pid: ['read', false],
    fix_break: ['write', true],
    fix_die: ['destructive', false],
    fix_sleep: ['read', false],
  })
  assert.equal(tool('look').descriptor.description, 'Looks')
  assert.equal(tool('look').descriptor.input_schema.$schema, undefined)
})

test('arguments are checked against the schema that the server listed', () => {
  assert.equal(tool('look').checkArgs({ at: 'x' }), undefined)
  assert.match(tool('look').checkArgs({ at: 'too long' }) ?? '', /^\/at must NOT have more than 5 characters/)
})

test('text is output, structured content is the result, and an error of the tool is a failure', async () => {
  assert.deepEqual(await call('look', { at: 'x' }), { result: null, output: 'saw x\n' })
  const { result, output } = await call('pid')
  assert.equal(typeof (result as { pid: number }).pid, 'number')
  assert.equal(output, 'see the result\n')
  const broken = await call('break')
  assert.equal(broken.failed, 'The tool says that it failed; its output says why.')
  assert.equal(broken.output, 'it broke\n')
})

test('a server that dies fails its call and is started again for the next', async () => {
  const before = (await call('pid')).result as { pid: number }
  await assert.rejects(call('die'), { code: 'execution_failed' })
  const next = (await call('pid')).result as { pid: number }
  assert.notEqual(next.pid, before.pid)
})

test('a call ends at its deadline, and the server serves on', async () => {
  const { pid } = (await call('pid')).result as { pid: number }
  await assert.rejects(call('sleep', {}, { signal: AbortSignal.timeout(100) }), { code: 'execution_failed' })
  assert.equal(((await call('pid')).result as { pid: number }).pid, pid)
})

test('each credential file has a server of its own', async () => {
  const seen = async (credentialsFile: string | undefined) =>
    (await call('pid', {}, { credentialsFile })).result as { pid: number; token: string }
  const [none, one, other, again] = [
    await seen(undefined),
    await seen('/c/one'),
    await seen('/c/other'),
    await seen('/c/one'),
  ]
  assert.deepEqual([none.token, one.token, other.token], ['none', '/c/one', '/c/other'])
  assert.equal(new Set([none.pid, one.pid, other.pid]).size, 3)
  assert.equal(again.pid, one.pid)
})

test('the server of a retired catalogue ends with its last call', async () => {
  const own = await loadCatalogue(catalogueOptions(folder))
  const find = (name: string) => own.tools.get(`fix_${name}`)!
  const { pid } = (await callTool(find('pid'), {}, {})).result as { pid: number }
  const cancel = new AbortController()
  const sleeping = callTool(find('sleep'), {}, { signal: cancel.signal })
  own.retire()
  assert.equal(((await callTool(find('pid'), {}, {})).result as { pid: number }).pid, pid, 'it serves on')
  cancel.abort()
  await assert.rejects(sleeping)
  await until('the end of the server', () => !existsSync(`/proc/${pid}`) || undefined)
})

test('a server that does not start refuses its bundle with file and line', async () => {
  const other = mkdtempSync(join(tmpdir(), 'xem-mcp-'))
  mkdirSync(join(other, 'broken'))
  writeFileSync(
    join(other, 'broken', 'bundle.yaml'),
    'name: broken\nversion: "1"\ndomain: d\nmcp:\n  command: there-is-no-such-program\n',
  )
  const { bundles, tools } = await loadCatalogue(catalogueOptions(other))
  assert.equal(tools.size, 0)
  assert.match(
    bundles[0]?.error ?? '',
    /broken\/bundle\.yaml:5: mcp: the server did not start or did not list its tools: spawn there-is-no-such-program ENOENT/,
  )
  rmSync(other, { recursive: true })
})
