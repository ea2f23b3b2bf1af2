// `npm test [-- <part of a path> …]`: every *.test.ts, a few files at a time, over one shared
// Postgres cluster. Ends with the line `N passed, N failed`; exits 1 when something failed or
// nothing ran.
import { readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { run } from 'node:test'
import { startPostgresForTests, testPostgresVariable } from '@xerotier/devkit/postgres-for-tests.ts'
import { reportTests } from './test-report.ts'

const folders = ['packages', 'scripts', 'test']
/** For one test; the slowest whole file takes about a minute alone. */
const timeout = 180_000
/** Longer than a test may take: whatever no timeout can end, ends here. */
const stalledMs = 240_000

const wanted = process.argv.slice(2)
const files = folders
  .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name}`))
  .filter((path) => path.endsWith('.test.ts') && !path.includes('node_modules/'))
  .filter((path) => wanted.length === 0 || wanted.some((part) => path.includes(part)))
  .sort()

const postgres = await startPostgresForTests()
process.env[testPostgresVariable] = postgres.url
// Most of a test's time is waiting for another process.
const concurrency = Math.min(4, availableParallelism() + 1)
const stop = new AbortController()
const { passed, failed } = await reportTests(run({ files, concurrency, timeout, signal: stop.signal }), {
  print: console.log,
  stalledMs,
})
stop.abort() // ends the process of a file that did not end
// A test run that cannot stop its database is no reason to say nothing about the tests.
await Promise.race([postgres.stop(), new Promise((resolve) => setTimeout(resolve, 60_000))])
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed > 0 || passed === 0 ? 1 : 0)
