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

const isThere = (shell: string) => spawnSync(shell, ['-c', 'true']).status === 0
const skipWithout = (shell: string) => ({ skip: isThere(shell) ? false : `${shell} is not installed here` })

const fish: string = 'fish'

test('fish completes verbs, options and choices, also behind global options', skipWithout(fish), async (t) => {
  const { stdout: script } = await xeroctl(t, ['completion', fish])
  const offers = (words: string) => {
    const program = `${script}\ncomplete -C '${words}'`
    const { stdout, stderr } = spawnSync(fish, ['--no-config', '-c', program], { encoding: 'utf8' })
    assert.equal(stderr, '')
    return stdout
      .trim()
      .split('\n')
      .map((line) => line.split('\t')[0])
  }
  assert.deepEqual(offers('xeroctl agents join'), ['join-keys'])
  assert.deepEqual(offers('xeroctl agents join-keys --cr'), ['--create'])
  assert.deepEqual(offers('xeroctl -o json exec list --risk irr'), ['irreversible'])
})

// fish has shown above that it reads its script.
for (const shell of ['bash', 'zsh']) {
  test(`the script for ${shell} parses`, skipWithout(shell), async (t) => {
    const { code, stdout } = await xeroctl(t, ['completion', shell])
    assert.equal(code, 0)
    const { status, stderr } = spawnSync(shell, ['-n'], { input: stdout, encoding: 'utf8' })
    assert.equal(status, 0, stderr)
  })
}
