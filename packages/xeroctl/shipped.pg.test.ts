// What is shipped: the program that npm links and the bundle behind it, as a process of its own
// against a real router. The other tests run the sources, so they do not see what only the build
// breaks.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { after, before, type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import { childEnvironment } from '@xerotier/devkit/child-environment.ts'
import { type RouterForTests, startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import { parse } from 'yaml'
import { type Format, formats } from './output/format.ts'
import { emptyFolder } from './run.fixture.ts'
import { version } from './version.ts'

const clone = join(import.meta.dirname, '../..')
const program = join(import.meta.dirname, 'bin/xeroctl.js')
const started = promisify(execFile)

let router: RouterForTests

before(async () => {
  // The sources as they are now: a bundle of an earlier build would prove nothing.
  await started(process.execPath, ['scripts/build.ts'], { cwd: clone })
  router = await startRouterForTests()
  for (const name of ['first', 'second'])
    await router.client.call('workspaces.create', { body: { name, type: 'host' } })
})
after(() => router?.stop())

/** @throws when it does not end with 0 */
async function xeroctl(t: TestContext, ...words: string[]): Promise<string> {
  const home = emptyFolder(t)
  const { stdout, stderr } = await started(process.execPath, [program, ...words], {
    cwd: home,
    env: {
      ...childEnvironment(),
      HOME: home,
      XEROTIER_BASE_URL: `${router.client.origin}/demo/v1`,
      XEROTIER_API_KEY: router.apiKey,
    },
  })
  assert.equal(stderr, '')
  return stdout
}

type Named = { name: string }

/** How the names of what was printed are read back from each format. */
const listed: Record<Format, (text: string) => string[]> = {
  table: namesInTable,
  wide: namesInTable,
  json: (text) => (JSON.parse(text).data as Named[]).map(({ name }) => name),
  yaml: (text) => (parse(text).data as Named[]).map(({ name }) => name),
  name: (text) => text.trimEnd().split('\n'),
  ndjson: (text) =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as Named).name),
}
const shown: Record<Format, (text: string) => string | undefined> = {
  table: (text) => /^Name: +(\S+)$/m.exec(text)?.[1],
  wide: (text) => /^Name: +(\S+)$/m.exec(text)?.[1],
  json: (text) => JSON.parse(text).name,
  yaml: (text) => parse(text).name,
  name: (text) => text.trimEnd(),
  ndjson: (text) => JSON.parse(text).name,
}

function namesInTable(text: string): string[] {
  const [header, ...rows] = text.trimEnd().split('\n')
  const at = header!.indexOf('NAME')
  return rows.map((row) => /^\S+/.exec(row.slice(at))?.[0] ?? '')
}

for (const format of formats) {
  test(`the shipped program lists and shows as ${format}`, async (t) => {
    const names = listed[format](await xeroctl(t, 'workspaces', 'list', '-o', format))
    assert.deepEqual(names.sort(), ['first', 'second'])
    assert.equal(shown[format](await xeroctl(t, 'workspaces', 'show', 'first', '-o', format)), 'first')
  })
}

test('the shipped program has jq beside it', async (t) => {
  assert.equal(await xeroctl(t, 'workspaces', '--jq', '.data | map(.name) | sort'), '["first","second"]\n')
})

test('the shipped program says its version', async (t) => {
  assert.equal(await xeroctl(t, '--version'), `${version}\n`)
})
