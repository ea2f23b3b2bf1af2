import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { xeroctl } from './run.fixture.ts'

/** What bash would offer after these words. */
async function offered(t: Parameters<typeof xeroctl>[0], words: string[]): Promise<string[]> {
  const { stdout: script } = await xeroctl(t, ['completion', 'bash'])
  const quoted = ['xeroctl', ...words].map((word) => `'${word}'`).join(' ')
  const program = `${script}\nCOMP_WORDS=(${quoted}); COMP_CWORD=${words.length}; _xeroctl; printf '%s\\n' "\${COMPREPLY[@]}"`
  const { stdout, status, stderr } = spawnSync('bash', ['-c', program], { encoding: 'utf8' })
  assert.equal(status, 0, stderr)
  return stdout.trim().split('\n')
}

test('bash completes groups, verbs, options and choices', async (t) => {
  assert.deepEqual(await offered(t, ['ag']), ['agents'])
  assert.deepEqual(await offered(t, ['agents', 'join']), ['join-keys'])
  assert.deepEqual(await offered(t, ['agents', 'join-keys', '--cr']), ['--create'])
  assert.deepEqual(await offered(t, ['exec', 'invoke', '--idem']), ['--idempotency-key'])
  assert.deepEqual(await offered(t, ['exec', 'list', '--risk', 'irr']), ['irreversible'])
  assert.deepEqual(await offered(t, ['exec', 'list', '-o', 'nd']), ['ndjson'])
})

for (const shell of ['bash', 'zsh', 'fish']) {
  const there = spawnSync(shell, ['-c', 'true']).status === 0
  test(`the script for ${shell} parses`, { skip: there ? false : `${shell} is not installed here` }, async (t) => {
    const { code, stdout } = await xeroctl(t, ['completion', shell])
    assert.equal(code, 0)
    const { status, stderr } = spawnSync(shell, ['-n'], { input: stdout, encoding: 'utf8' })
    assert.equal(status, 0, stderr)
  })
}
