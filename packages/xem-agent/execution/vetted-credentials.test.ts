import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { silentLog } from '@xerotier/runtime/log.ts'
import { createCallFolders } from './call-folders.ts'
import { createVettedCredentials } from './vetted-credentials.ts'

const folder = mkdtempSync(join(tmpdir(), 'xem-vetted-'))
after(() => rmSync(folder, { recursive: true, force: true }))

function vetting() {
  const said: string[] = []
  const note = (about: object, message: string) => void said.push(`${JSON.stringify(about)} ${message}`)
  const vetted = createVettedCredentials({ ...silentLog, error: note, notice: note })
  return { vetted, said, folders: createCallFolders(join(folder, 'calls'), undefined, vetted) }
}

/** As an operator does: beside it, and renamed. */
function put(name: string, content: string): string {
  const file = join(folder, name)
  writeFileSync(`${file}.new`, content, { mode: 0o600 })
  renameSync(`${file}.new`, file)
  return file
}

for (const [name, good, bad, flaw] of [
  ['kube.yaml', 'token: first\n', 'token: [secret-word\nusers:\n', 'it is no YAML'],
  ['account.json', '{"token":"first"}', '{"token":"secret-word', 'it is no JSON'],
  ['aws', '[default]\nkey = first\n', '', 'it is empty'],
] as const) {
  test(`calls go on with the content before when ${name} becomes malformed, and the log says so once`, async () => {
    const { vetted, said, folders } = vetting()
    const file = put(name, good)
    vetted.look([file])
    assert.equal((await folders.make(file)).credentialsFile, file)
    put(name, bad)
    vetted.look([file])
    for (let call = 0; call < 2; call++) {
      const one = await folders.make(file)
      assert.notEqual(one.credentialsFile, file)
      assert.equal(readFileSync(one.credentialsFile!, 'utf8'), good)
      await one.remove()
    }
    assert.equal(said.length, 1)
    assert.ok(said[0]!.includes(flaw) && said[0]!.includes('calls go on with the content before'), said[0])
    assert.doesNotMatch(said[0]!, /secret-word|first/)
    put(name, good.replace('first', 'second'))
    assert.equal((await folders.make(file)).credentialsFile, file, 'the next good one counts at once')
    assert.match(said[1]!, /well-formed again/)
  })
}

test('one that was never well-formed is given as it is, and said', async () => {
  const { vetted, said, folders } = vetting()
  const file = put('never.yaml', 'a: [')
  vetted.look([file])
  assert.equal((await folders.make(file)).credentialsFile, file)
  assert.match(said.join('\n'), /calls get it as it is/)
})

test('a file that is gone is left to the call, which says so', async () => {
  const { vetted, folders } = vetting()
  const file = put('gone.yaml', 'a: 1')
  vetted.look([file])
  rmSync(file)
  assert.equal(vetted.insteadOf(file), undefined)
  assert.equal((await folders.make(file)).credentialsFile, file)
})
