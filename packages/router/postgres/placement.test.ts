import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { options } from '../config.ts'
import { postgresAccount } from './account.ts'
import { rootsClusters } from './embedded.ts'
import { placeCluster } from './placement.ts'

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'xerotier-placement-')))
chmodSync(folder, 0o755)
after(() => rmSync(folder, { recursive: true }))

test("what is the router's lies outside of what systemd gives to the agent's user", () => {
  const unit = readFileSync(join(import.meta.dirname, '../../../deploy/xerotier-xem.service'), 'utf8')
  const agents = `/var/lib/${/^StateDirectory=(\S+)$/m.exec(unit)![1]}`
  for (const path of [options.state_dir.default, rootsClusters]) assert.ok(!`${path}/`.startsWith(`${agents}/`), path)
  // The state folder is 0700, and the account of Postgres must pass.
  assert.ok(!rootsClusters.startsWith(`${options.state_dir.default}/`))
})

const account = postgresAccount()

test('a cluster that the state folder points to is found, wherever new ones go', {
  skip: account === undefined && 'only root places a cluster elsewhere',
}, async () => {
  const stateDir = join(folder, 'state')
  const [before, now] = [join(folder, 'before'), join(folder, 'now')]
  const made = await placeCluster({ stateDir, account, systemDir: before })
  assert.ok(made.root.startsWith(`${before}/`))
  const found = await placeCluster({ stateDir, account, systemDir: now })
  assert.equal(found.data, made.data)
  assert.equal(found.programs, now)
})
