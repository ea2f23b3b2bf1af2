import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { commands } from '../commands.ts'
import { emptyFolder, xeroctl } from '../run.fixture.ts'
import { entriesOf } from './entries.ts'
import { type Shell, shells } from './script.ts'

/** Contexts that there are; the first one must not be run. */
const contexts = ['$(touch ran)', 'prod', 'staging']

/**
 * What asks each shell for its offers, behind the script. zsh's own functions work in its line
 * editor only.
 */
const asking: Record<Shell, (words: string[]) => string> = {
  bash: (words) =>
    `COMP_WORDS=(xeroctl ${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length}; _xeroctl; printf '%s\\n' "\${COMPREPLY[@]}"`,
  zsh: (
    words,
  ) => `compadd() { shift; print -rl -- "$@" }; _describe() { local -a all=("\${(@P)2}"); print -rl -- "\${(@)all%%:*}" }
words=(xeroctl ${words.map((word) => `'${word}'`).join(' ')}); CURRENT=${words.length + 1}; _xeroctl`,
  fish: (words) => `complete -C 'xeroctl ${words.join(' ')}'`,
}

/** Offers after these words, in a folder that holds `file.txt` and where xeroctl is a script. */
async function offered(t: TestContext, shell: Shell, line: string): Promise<string[]> {
  const words = line.split(' ')
  const { stdout: script } = await xeroctl(t, ['completion', shell])
  const cwd = emptyFolder(t)
  writeFileSync(join(cwd, 'file.txt'), '')
  const program = join(cwd, 'xeroctl')
  const names = contexts.map((name) => `'${name}'`).join(' ')
  const lists = { contexts: names, agents: 'xem-1 xem-2', workspaces: 'prod-a', approvals: '01a2-ap' }
  const cases = Object.entries(lists).map(([kind, values]) => `${kind}) printf '%s\\tabout it: all\\n' ${values} ;;`)
  // What it says of itself reaches nobody, and neither does its failure.
  const end = 'echo "error: no router" >&2; exit 1'
  writeFileSync(program, `#!/bin/sh\n[ "$1" = __offers ] && case "$2" in ${cases.join(' ')} esac\n${end}\n`)
  chmodSync(program, 0o755)
  const given = `${shell === 'zsh' ? 'compdef() { : }\n' : ''}${script}\n${asking[shell](words)}`
  const options = { fish: ['--no-config'], zsh: ['-f'], bash: [] }[shell]
  const env = { PATH: `${cwd}:${process.env.PATH}`, HOME: cwd }
  const { stdout, stderr } = spawnSync(shell, [...options, '-c', given], { encoding: 'utf8', cwd, env })
  assert.equal(stderr, '')
  assert.ok(!existsSync(join(cwd, 'ran')))
  return (
    stdout
      .split('\n')
      // fish adds the description, and bash takes words as they are to stand on the line.
      .map((word) => word.split('\t')[0]!.replace(/\\(.)/g, '$1'))
      .filter((word) => word !== '' && word.startsWith(words.at(-1)!))
      .sort()
  )
}

const isThere = (shell: string) => spawnSync(shell, ['-c', 'true']).status === 0

const lines: [line: string, offers: string[]][] = [
  ['ag', ['agents']],
  ['agents join', ['join-keys']],
  ['agents join-keys --cr', ['--create']],
  ['exec invoke --idem', ['--idempotency-key']],
  ['exec invoke --det', ['--detach']],
  ['keys create --scope', ['--scope', '--scopes']],
  ['keys create --he', ['--help']],
  ['--vers', ['--version']],
  ['exec list --risk irr', ['irreversible']],
  // The same flag takes other words elsewhere.
  ['agents --status a', []],
  ['agents --status hea', ['healthy']],
  ['approvals list --status a', ['all', 'approved']],
  ['exec list --status am', ['ambiguous']],
  ['-o ', ['json', 'jsonpath=', 'name', 'ndjson', 'table', 'wide', 'yaml']],
  ['exec list -o nd', ['ndjson']],
  ['-o json exec list --risk irr', ['irreversible']],
  // The value of an option is no command.
  ['--context agents exec inv', ['invoke']],
  ['completion ', ['bash', 'fish', 'zsh']],
  ['hel', ['help']],
  ['help ex', ['exec', 'exit-codes', 'exports']],
  ['help agents join', ['join-keys']],
  ['--context ', contexts],
  ['config remove ', contexts],
  ['--context pr', ['prod']],
  ['config use st', ['staging']],
  ['config remove --ye', ['--yes']],
  ['agents xem', ['xem-1', 'xem-2']],
  ['agents sh', ['show']],
  ['agents pause-exec ', ['xem-1', 'xem-2']],
  ['exec invoke t --workspace p', ['prod-a']],
  ['exec invoke t -w ', ['prod-a']],
  ['workspaces bind prod-a --agent xem-2', ['xem-2']],
  ['approvals approve 0', ['01a2-ap']],
  ['exec show fi', []],
  ['agents --workspace fi', []],
  ['agents --workspace agents --st', ['--state', '--status']],
]
for (const shell of shells) {
  test(`${shell} offers what can stand there`, {
    skip: isThere(shell) ? false : `${shell} is not installed here`,
  }, async (t) => {
    for (const [line, offers] of lines) assert.deepEqual(await offered(t, shell, line), offers, line)
  })
}

/**
 * Upstream has a switch of `agents` and a value of `webhooks` under one name; xeroctl has a version
 * and policies have; `-f` follows, or names a file.
 */
const both = ['--events', '--version', '-f']

test('a flag takes a value in all commands or in none: the scripts know it by its name', () => {
  const kinds = new Map<string, boolean>()
  for (const { path, flags } of entriesOf(commands)) {
    for (const { names, value } of flags) {
      for (const name of names.filter((one) => !both.includes(one))) {
        const takes = value !== 'nothing'
        assert.equal(kinds.get(name) ?? takes, takes, `${path.join(' ')} ${name}`)
        kinds.set(name, takes)
      }
    }
  }
})
