// `npm test [-- <part of a path> …]`: every *.test.ts, a few files at a time, over one shared
// Postgres cluster. Ends with the line `N passed, N failed`; exits 1 when something failed or
// nothing ran.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { run } from 'node:test'
import { startPostgresForTests, testPostgresVariable } from '@xerotier/devkit/postgres-for-tests.ts'
import { batched } from './test-batches.ts'
import { folderInMemory } from './test-folder.ts'
import { reportTests } from './test-report.ts'

const folders = ['packages', 'scripts', 'test']
/** For one test; the slowest whole file takes about a minute alone. */
const timeout = 180_000
/** Longer than a test may take: whatever no timeout can end, ends here. */
const stalledMs = 420_000

const wanted = process.argv.slice(2)
const found = folders
  .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name}`))
  .filter((path) => path.endsWith('.test.ts') && !path.includes('node_modules/'))
  .filter((path) => wanted.length === 0 || wanted.some((part) => path.includes(part)))
  .sort()

// Each file is a process that reads most of the code, and many start others: the first to need a
// module compiles it for all.
process.env.NODE_COMPILE_CACHE ??= resolve('node_modules/.cache/compiled-for-tests')
const memory = folderInMemory()
if (memory !== undefined) {
  process.env.TMPDIR = memory
  process.once('exit', () => rmSync(memory, { recursive: true, force: true, maxRetries: 3 }))
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)
    process.once(signal, () => process.exit(code))
}
const postgres = await startPostgresForTests()
process.env[testPostgresVariable] = postgres.url
// Most of a test's time is waiting for another process, or for a machine that is busy.
const concurrency = Math.min(4, availableParallelism() + 2)
const folder = mkdtempSync(join(tmpdir(), 'xerotier-batches-'))
const { files, batches } = batched(found, { folder, processes: concurrency })
const stop = new AbortController()
const { passed, failed } = await reportTests(run({ files, concurrency, timeout, signal: stop.signal }), {
  print: console.log,
  stalledMs,
  batches,
})
rmSync(folder, { recursive: true, force: true })
stop.abort() // ends the process of a file that did not end
// A test run that cannot stop its database is no reason to say nothing about the tests.
await Promise.race([postgres.stop(), new Promise((resolve) => setTimeout(resolve, 60_000))])
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed > 0 || passed === 0 ? 1 : 0)
