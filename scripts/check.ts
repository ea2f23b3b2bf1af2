// `npm run check`: everything that needs no running system.
// Each step runs, so that one run shows all that is wrong.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const steps: [what: string, command: string, ...args: string[]][] = [
  ['types', 'tsc', '-p', 'tsconfig.json'],
  ['types of the dashboard', 'tsc', '-p', 'packages/dashboard/tsconfig.json'],
  ['types of its worker', 'tsc', '-p', 'packages/dashboard/worker/tsconfig.json'],
  ['format and lint', 'biome', 'check', '--error-on-warnings', '.'],
  ['unused files, exports and dependencies', 'knip', '--no-progress', '--no-config-hints'],
  [
    'house and generated reference',
    process.execPath,
    '--test',
    'test/house.test.ts',
    'test/house/*.test.ts',
    'scripts/reference.test.ts',
  ],
]

const root = fileURLToPath(new URL('..', import.meta.url))
const failed: string[] = []
for (const [what, command, ...args] of steps) {
  const from = performance.now()
  const done = spawnSync(command, args, { cwd: root, encoding: 'utf8' })
  const ok = done.status === 0
  console.log(`${ok ? 'ok  ' : 'FAIL'} ${what} (${((performance.now() - from) / 1000).toFixed(1)} s)`)
  if (ok) continue
  failed.push(what)
  console.log(`${done.stdout ?? ''}${done.stderr ?? ''}${done.error?.message ?? ''}`.replace(/^/gm, '     '))
}
console.log(failed.length === 0 ? 'all checks passed' : `failed: ${failed.join(', ')}`)
process.exit(failed.length === 0 ? 0 : 1)
