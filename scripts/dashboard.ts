// Builds the dashboard into packages/dashboard/dist, as the router serves it: one page, and assets
// with their hashes in their names, each compressed already. Nothing is done while what it is made
// of is the same.
import { createHash } from 'node:crypto'
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const folder = 'packages/dashboard'
const dist = `${folder}/dist`
const sources = [
  'package-lock.json',
  'scripts/dashboard.ts',
  ...globSync('scripts/build/*.ts'),
  ...globSync(`${folder}/**/*.{ts,tsx,css,svg,html,json}`).filter((path) => !path.startsWith(dist)),
  ...globSync('packages/{protocol,client}/**/*.ts').filter((path) => !path.endsWith('.test.ts')),
].sort()
const hash = createHash('sha256')
for (const path of sources) hash.update(`${path}\0`).update(readFileSync(path)).update('\0')
const stamp = hash.digest('hex')
const stampFile = join(dist, 'stamp')
if (!existsSync(stampFile) || readFileSync(stampFile, 'utf8') !== stamp) {
  const { buildDashboard } = await import('./build/dashboard.ts')
  const work = `${folder}/dist.${process.pid}`
  mkdirSync(join(work, 'assets'), { recursive: true })
  try {
    for (const [path, contents] of await buildDashboard(folder)) writeFileSync(join(work, path), contents)
    writeFileSync(join(work, 'stamp'), stamp)
    rmSync(dist, { recursive: true, force: true })
    renameSync(work, dist)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}
