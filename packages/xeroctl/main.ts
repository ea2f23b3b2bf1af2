// The program. `--version` answers before anything else is loaded.
import { version } from './version.ts'

if (process.argv.length === 3 && (process.argv[2] === '--version' || process.argv[2] === '-V')) {
  process.stdout.write(`${version}\n`)
} else {
  // A reader that has seen enough (`| head`) is no failure.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
  }
  const [{ run }, { systemSurroundings }] = await Promise.all([import('./run.ts'), import('./surroundings.ts')])
  process.exitCode = await run(systemSurroundings)
}
