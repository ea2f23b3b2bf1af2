// The cluster of a test file that runs alone, in a process of its own: it goes when the test's
// process is gone, whatever became of that, so no hook has to come last.
import { startPostgresForTests } from './postgres-for-tests.ts'

const postgres = await startPostgresForTests()
process.stdout.write(`${postgres.url}\n`)
process.stdin.resume()
process.stdin.on('close', () => void postgres.stop().then(() => process.exit(0)))
