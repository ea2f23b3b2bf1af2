// What the runbooks say to run is what the command line takes.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { refusal, scriptedServer } from '@xerotier/client/scripted-server.fixture.ts'
import { exitCodes } from './exit-codes.ts'
import { envFor, xeroctl } from './run.fixture.ts'

const page = readFileSync(join(import.meta.dirname, '../../docs/runbooks.md'), 'utf8')
const lines = new Set([...page.matchAll(/`xeroctl ([^`]+)`/g)].map(([, line]) => line ?? ''))

/** An id has a digit. */
const wordsOf = (line: string) =>
  [...line.replaceAll(/<([a-z -]+)>/g, (_, name: string) => `${name}-1`).matchAll(/"([^"]*)"|(\S+)/g)].map(
    ([, quoted, bare]) => quoted ?? bare ?? '',
  )

test('every command of the runbooks is one that asks the router', async (t) => {
  assert.ok(lines.size > 10)
  const server = await scriptedServer((_, response) => refusal(response, 404, 'not_found'))
  t.after(() => server.close())
  for (const line of lines) {
    const { code, stderr } = await xeroctl(t, wordsOf(line), { env: envFor(server) })
    assert.equal(code, exitCodes.notFound.code, `xeroctl ${line}: ${stderr}`)
  }
})
