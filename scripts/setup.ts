// Brings a fresh clone to where TypeScript runs: dependencies, a Node that strips types, the
// xeroctl bundle. It runs on the host's own Node, 20 or later. A Node before 22 refuses a file
// named .ts, so it comes through stdin: `node --input-type=module - < scripts/setup.ts`. This one
// file therefore holds plain JavaScript only.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'

const NODE = '24.21.0' // the LTS that runs us where the host's Node is older
const OLDEST_MAJOR = 24
const stampFile = 'node_modules/.xerotier-setup'
// Outside node_modules, which npm ci removes while this Node may be running.
const nodePrefix = '.node'

const run = (command = '', args = ['']) => {
  const done = spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] })
  if (done.status !== 0) {
    console.error(`setup: ${command} ${args.join(' ')} failed (${done.error?.message ?? `exit ${done.status}`})`)
    process.exit(1)
  }
}
const npm = (args = ['']) =>
  process.env.npm_execpath ? run(process.execPath, [process.env.npm_execpath, ...args]) : run('npm', args)

const lock = readFileSync('package-lock.json')
const stamp = createHash('sha256').update(lock).update(NODE).update(`${process.platform}-${process.arch}`).digest('hex')
const installed = existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp
if (!installed) {
  console.error('setup: installing dependencies (about a minute, once)')
  npm(['ci', '--no-audit', '--no-fund', '--loglevel=error'])
}
const ownNode = 'node_modules/.bin/node'
const major = Number(process.versions.node.split('.')[0])
// Also in a folder that another, newer Node has set up.
if (!existsSync(ownNode) && (major < OLDEST_MAJOR || existsSync(nodePrefix))) {
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
  if (!existsSync(`${nodePrefix}/node_modules/${name}`))
    console.error(
      `setup: this Node is older than ${OLDEST_MAJOR}; fetching Node ${NODE} for this folder only (npm package ${name})`,
    )
  mkdirSync(nodePrefix, { recursive: true })
  npm([
    'install',
    '--prefix',
    nodePrefix,
    '--no-save',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    `${name}@${NODE}`,
  ])
  rmSync(ownNode, { force: true })
  symlinkSync(`../../${nodePrefix}/node_modules/${name}/bin/node`, ownNode)
}
if (!installed) writeFileSync(stampFile, stamp)
for (const script of ['scripts/build.ts', 'scripts/dashboard.ts'])
  run(existsSync(ownNode) ? ownNode : process.execPath, [script])
