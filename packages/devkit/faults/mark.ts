// The tool of the fault tests: leaves one line in a file when
// it starts and one when it ends, so that runs can be counted.
import { appendFileSync, existsSync } from 'node:fs'
import { until } from './until.ts'

const [file, ms, gate] = process.argv.slice(2) as [string, string, string?]
appendFileSync(file, 'started\n')
setTimeout(async () => {
  if (gate !== undefined) await until(gate, () => existsSync(gate) || undefined, 120_000)
  appendFileSync(file, 'ended\n')
  process.stdout.write('marked\n')
}, Number(ms))
