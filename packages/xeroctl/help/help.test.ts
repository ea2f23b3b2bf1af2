import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Command, Group } from '../command.ts'
import { commands } from '../commands.ts'
import { widthOf } from '../output/cell.ts'
import { wrap, wrapCommand } from '../output/wrap.ts'
import { xeroctl } from '../run.fixture.ts'
import { helpTopics } from './topics.ts'

/** Words of every help that there is. */
function helps(members: readonly (Command | Group)[], above: string[] = []): string[][] {
  return members.flatMap((member) => {
    const path = [...above, member.name]
    return [path, ...(member.kind === 'group' ? helps(member.members, path) : [])]
  })
}

async function helpOf(t: TestContext, words: string[], columns: number): Promise<string> {
  const { code, stdout, stderr } = await xeroctl(t, words, { env: { COLUMNS: String(columns) } })
  assert.deepEqual([code, stderr], [0, ''], words.join(' '))
  return stdout
}

const all = [
  ['help'],
  ...helps(commands).map((path) => [...path, '--help']),
  ...Object.keys(helpTopics).map((topic) => ['help', topic]),
]

for (const columns of [60, 80, 140]) {
  test(`no line of any help is longer than ${columns} columns, and no word is broken`, async (t) => {
    for (const words of all) {
      const text = await helpOf(t, words, columns)
      for (const line of text.split('\n')) {
        const alone = line.trim().split(' ').length === 1
        assert.ok(widthOf(line) <= columns || alone, `${words.join(' ')}: ${line}`)
      }
      const wide = new Set((await helpOf(t, words, 1000)).split(/\s+/))
      const strange = text.split(/\s+/).filter((word) => word !== '\\' && !wide.has(word))
      assert.deepEqual(strange, [], words.join(' '))
    }
  })
}

test('the help of a command has its usage with what it cannot do without, its options and examples', async (t) => {
  const text = await helpOf(t, ['agents', 'join-keys', 'create', '--help'], 80)
  assert.match(text, /^Usage: xeroctl agents join-keys create --name <name> --region <region>\n {9}\[options\]\n/)
  assert.match(text, /\nOptions:\n {6}--name <name> +Name of the agent to be \(required\)\n/)
  assert.match(text, /\nExamples:\n {2}xeroctl agents join-keys --create .* \\\n {6}--router-addr tcp:/)
})

test('the help of a group lists its commands first', async (t) => {
  assert.match(
    await helpOf(t, ['help', 'agents'], 80),
    /^Usage: xeroctl agents <command> …\n {7}xeroctl agents \[agent\] \[options\]\n\n.*\n\nCommands:\n {2}list /,
  )
})

test('`xeroctl` alone is its help, and no failure', async (t) => {
  const { code, stdout, stderr } = await xeroctl(t, [])
  assert.deepEqual([code, stderr], [0, ''])
  assert.equal(stdout, (await xeroctl(t, ['--help'])).stdout)
})

test('a word that is longer than the line stands alone', () => {
  assert.deepEqual(wrap('a bbbbbbbbbb c d', 5), ['a', 'bbbbbbbbbb', 'c d'])
})

test('an example is broken as a shell takes it', () => {
  assert.deepEqual(wrapCommand(`x --name 'two words' --json | y -z`, 24), [
    `x --name 'two words' \\`,
    `    --json | y -z`,
  ])
})
