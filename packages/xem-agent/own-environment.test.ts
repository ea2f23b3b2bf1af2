import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'

const folder = mkdtempSync(join(tmpdir(), 'xem-environment-'))
after(() => rmSync(folder, { recursive: true }))

/** Says what it has, and what others can read of it. */
const program = join(folder, 'program.ts')
writeFileSync(
  program,
  `
import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { ownEnvironment } from '${join(import.meta.dirname, 'own-environment.ts')}'
const flaw = ownEnvironment(process.env)
const read = (name: string) => readFileSync('/proc/self/' + name, 'utf8')
const orphan = process.env.ORPHAN
if (orphan !== undefined) {
  // A grandchild that outlives its parent becomes a child of process 1, and then ends.
  execFileSync('/bin/sh', ['-c', 'sleep 0.1 & exit 0'])
  spawnSync('sleep', ['0.5'])
}
const states = orphan === undefined ? '' : execFileSync('/bin/sh', ['-c', 'grep -h ^State /proc/[0-9]*/status'], { encoding: 'utf8' })
console.log(JSON.stringify({ flaw, pid: process.pid, secret: process.env.SECRET, argv: process.argv.slice(2), stdin: readFileSync(0, 'utf8'), environ: read('environ'), cmdline: read('cmdline'), states }))
process.exit(7)
`,
)

const run = (command: string, args: string[], env: Record<string, string> = {}) => {
  const given = { PATH: process.env.PATH ?? '', SECRET: 'a secret: é\n', ...env }
  const { stdout, stderr, status } = spawnSync(command, args, { env: given, encoding: 'utf8', input: 'not for it' })
  assert.equal(status, 7, stderr)
  return JSON.parse(stdout)
}

test('a process has its variables and flags, and nobody can read them from it', () => {
  const seen = run(process.execPath, [program, '--join-key', 'a key'])
  assert.deepEqual([seen.flaw, seen.secret, seen.argv], [undefined, 'a secret: é\n', ['--join-key', 'a key']])
  assert.ok(!seen.environ.includes('secret'))
  assert.ok(!seen.cmdline.includes('a key'))
  assert.equal(seen.stdin, '')
})

test('a process without anything to hide is not started anew', () => {
  const { stdout } = spawnSync(process.execPath, [program], { env: { PATH: process.env.PATH }, encoding: 'utf8' })
  assert.equal(JSON.parse(stdout).secret, undefined)
})

const unshare = ['--fork', '--pid', '--mount-proc', '--kill-child']
const canBeInit = spawnSync('unshare', [...unshare, 'true']).status === 0

test('as process 1 it has a shell above it that reaps what is left to it', {
  skip: !canBeInit && 'no namespaces here',
}, () => {
  const seen = run('unshare', [...unshare, process.execPath, program, '--join-key', 'a key'], { ORPHAN: '1' })
  assert.deepEqual([seen.flaw, seen.secret, seen.argv], [undefined, 'a secret: é\n', ['--join-key', 'a key']])
  assert.notEqual(seen.pid, 1)
  assert.doesNotMatch(seen.states, /zombie/)
})
