// The program. `--version` answers before anything else is loaded.
import { version } from './version.ts'

if (process.argv.length === 3 && (process.argv[2] === '--version' || process.argv[2] === '-V')) {
  process.stdout.write(`${version}\n`)
} else if (process.argv[2] === '__offers') {
  // Of the shells' completion: nothing that it does not need is loaded, and nothing it meets is an
  // error.
  const [{ printOffers }, { systemSurroundings }] = await Promise.all([
    import('./completion/live.ts'),
    import('./surroundings.ts'),
  ])
  await printOffers(systemSurroundings)
} else {
  // A reader that has seen enough (`| head`) is no failure, unless the run has said what it is.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? (process.exitCode ?? 0) : 1)
  })
  // Remarks that nobody reads end nothing that is under way: a write would count as done.
  process.stderr.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') process.exit(1)
    if (process.exitCode !== undefined) process.exit()
  })
  const [{ run }, { systemSurroundings }] = await Promise.all([import('./run.ts'), import('./surroundings.ts')])
  process.exitCode = await run(systemSurroundings)
}
