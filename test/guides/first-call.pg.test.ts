// The guide of a newcomer, as written, in a view of the clone with state and ports of its own.
import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { clone, path, walkGuide } from './walk.ts'

const folder = mkdtempSync(join(tmpdir(), 'xerotier-guide-'))
chmodSync(folder, 0o755) // as root Postgres runs as another user, who must get in
for (const name of ['package.json', 'node_modules', 'packages', 'scripts'])
  symlinkSync(join(clone, name), join(folder, name))
const stateDir = join(folder, '.xerotier')

const walk = walkGuide('first-call.md', {
  clone: {
    cwd: folder,
    env: {
      PATH: path,
      HOME: folder,
      XEROTIER_STATE_DIR: stateDir,
      XEROTIER_HTTP_PORT: '0',
      XEROTIER_DATA_PLANE_PORT: '0',
      XEROTIER_XEM_METRICS_PORT: '0',
      // `prestart` would build the bundle of xeroctl anew under the feet of other tests.
      npm_config_ignore_scripts: 'true',
      npm_config_update_notifier: 'false',
    },
  },
})
after(async () => {
  await walk.stop()
  rmSync(realpathSync(join(stateDir, 'postgres')), { recursive: true, force: true })
  rmSync(folder, { recursive: true, force: true })
})

test('first call: from npm start to a result, through the approval gate', async () => {
  const started = await walk.start()
  const [, pid] = await started.saw(/Process (\d+) is a sleep/)
  const [, approval] = await started.saw(/npx xeroctl approvals approve (\S+)/)
  await started.saw(/Ctrl-C stops everything/)
  const [, execution] = /exec show (\S+)\n\nCtrl-C/.exec(started.output().stdout)!
  Object.assign(walk.values, { 'approval-id': approval, 'execution-id': execution })

  assert.match((await walk.run()).stdout, /Approvals pending: +1/)

  const tools = (await walk.run()).stdout
  assert.match(tools, /host_process_kill +destructive/)
  assert.match(tools, /Risk: +read/)

  const called = await walk.run()
  assert.ok(JSON.parse(called.stdout), 'the result alone is on stdout')
  assert.match(called.stderr, /completed in \d+ ms/)

  const asked = (await walk.run()).stdout
  assert.match(asked, new RegExp(`${approval} +pending +destructive +host_process_kill`))
  assert.match(asked, /Digest: +[0-9a-f]{64}/)
  assert.match(asked, /Status: +pending_approval/)
  assert.ok(alive(Number(pid)), 'nobody ends it before it is approved')

  const decided = await walk.run()
  assert.match(decided.stdout, /approved: host_process_kill in local-host/)
  await started.saw(/has ended: the approved call ran/)
  assert.ok(!alive(Number(pid)))

  const record = (await walk.run()).stdout
  assert.match(record, /Status: +completed/)
  assert.match(record, /approved +owner +\S+ +It is only a sleep/)
  assert.match(record, /"ended": true/)

  await started.interrupt()
  assert.match(started.output().stdout, /Stopping\n +XEM agent \.\.\. stopped .*\n +router \.\.\. stopped/)
  await walk.end()
})

function alive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
