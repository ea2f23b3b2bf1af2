import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { systemClock } from '@xerotier/runtime/clock.ts'
import { startGroup } from './process-group.ts'
import { startFault } from './start-fault.ts'

const folder = mkdtempSync(join(tmpdir(), 'xem-start-'))
after(() => rmSync(folder, { recursive: true }))

async function reasonOf(name: string, text?: string, mode = 0o755): Promise<string> {
  const program = name.includes('/') ? name : join(folder, name)
  if (text !== undefined) writeFileSync(program, text, { mode })
  const env = { PATH: folder }
  const asked = text === undefined ? name : program
  const options = { program: asked, argv: [], cwd: folder, env, stdin: null, user: undefined, clock: systemClock }
  const error = await startGroup(options)
  assert.ok(error instanceof Error)
  const { code, message } = startFault({ name, program: asked, searchPath: env.PATH }, error)
  assert.equal(code, 'tool_start_failed')
  return message.replace(`The program "${name}" could not be started: `, '')
}

test('why a program does not start is said as it is', async () => {
  assert.equal(await reasonOf('none'), 'it is not there, or not on the PATH of the agent.')
  assert.equal(await reasonOf('/no/such/program'), 'it is not there, or not on the PATH of the agent.')
  assert.match(
    await reasonOf('windows', '#!/bin/sh\r\necho\r\n'),
    /^its first line ends with a carriage return: "\/bin\/sh\\r" is not there; write its lines as Unix does/,
  )
  assert.equal(
    await reasonOf('python', '#! /no/python3 -u\n'),
    'its first line names "/no/python3", which is not there.',
  )
  assert.equal(await reasonOf('secret', '#!/bin/sh\n', 0o644), 'it may not be executed.')
})
