// The tool of the fault tests: leaves one line in a file when it starts and one when it ends, so that runs can be counted.
import { appendFileSync } from 'node:fs'

const [file, ms] = process.argv.slice(2) as [string, string]
appendFileSync(file, 'started\n')
setTimeout(() => {
  appendFileSync(file, 'ended\n')
  process.stdout.write('marked\n')
}, Number(ms))
