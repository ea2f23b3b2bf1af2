// Guide 6, as written: credentials, CURVE keys, signing keys and join keys are replaced while calls
// run. systemd is a fake: a program of its name that has the test reload or restart the agent.
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { AgentForTests } from '@xerotier/devkit/agent-for-tests.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import { credentialsOf, keysOf } from '@xerotier/devkit/rotated-keys.ts'
import { type System, startSystem } from '@xerotier/devkit/system.ts'
import { path, walkGuide } from './walk.ts'

const workspace = 'kubernetes-prod'
const home = mkdtempSync(join(tmpdir(), 'xerotier-guide-'))
const gate = join(home, 'gate')
const asked = join(home, 'asked-of-systemd')
const program = `#!/bin/sh
cat "$LOOK_CREDENTIALS"
until [ -e "${gate}" ]; do sleep 0.1; done
`
const bundle = `
name: ops
version: "1"
description: Says with what it works
domain: test
tools:
  - name: work
    description: Works on until it may end
    risk: write
    input_schema: { type: object, properties: {}, additionalProperties: false }
    timeout_ms: 600000
    credentials_ref: "{workspace}.yaml"
    env: { LOOK_CREDENTIALS: "{credentials_file}" }
    command: [./work]
`
let system: System
let agent: AgentForTests
before(async () => {
  system = await startSystem()
  agent = await system.addAgent({
    name: 'xem-jumphost-01',
    env: { XEM_SHIPPED_BUNDLES: '' },
    prepare({ tools, credentials }) {
      mkdirSync(join(tools, 'ops'))
      writeFileSync(join(tools, 'ops', 'bundle.yaml'), bundle)
      writeFileSync(join(tools, 'ops', 'work'), program, { mode: 0o755 })
      writeFileSync(join(credentials, `${workspace}.yaml`), 'old', { mode: 0o600 })
    },
  })
  await system.addWorkspace(workspace, 'generic', [agent])
})
after(async () => {
  await system?.stop()
  rmSync(home, { recursive: true, force: true })
})

/** A call that works, and has said with what. */
async function working(): Promise<{ id: string; says: string }> {
  const { id } = await system.ask(workspace, 'work')
  const says = await until('its output', async () => {
    const { stdout } = await system.client.call('executions.show', { params: { id } })
    return stdout === '' ? undefined : stdout
  })
  return { id, says }
}

const ended = (id: string) =>
  until('the call to end', async () => {
    const call = await system.client.call('executions.show', { params: { id } })
    return call.finished_at === null ? undefined : call
  })

/** The fake program on the host, and the test's part of it. */
function fakeSystemd(): { bin: string; serve<T>(block: Promise<T>): Promise<T> } {
  const bin = join(home, 'bin')
  mkdirSync(bin)
  const script = `#!/bin/sh\necho "$1 $2" > "${asked}"\nwhile [ -e "${asked}" ]; do sleep 0.1; done\n`
  writeFileSync(join(bin, 'systemctl'), script, { mode: 0o755 })
  return {
    bin,
    async serve(block) {
      const what = until('systemctl', () => {
        const words = existsSync(asked) ? readFileSync(asked, 'utf8').trim() : ''
        return words === '' ? undefined : words
      })
      if ((await what) === 'reload xerotier-xem') await agent.agent.reload()
      else if ((await what) === 'restart xerotier-xem') await agent.restart()
      else assert.fail(`systemctl ${await what}`)
      rmSync(asked)
      return block
    },
  }
}

test('guide 6: credentials are replaced one after the other, and no call is lost', async (t) => {
  const systemd = fakeSystemd()
  const workstation = {
    PATH: path,
    HOME: home,
    XEROTIER_BASE_URL: `${system.client.origin}/demo/v1`,
    XEROTIER_API_KEY: system.router.apiKey,
  }
  const host = { PATH: `${systemd.bin}:${path}`, HOME: home }
  const walk = walkGuide('6-rotate-credentials.md', {
    workstation: { cwd: home, env: workstation },
    host: { cwd: home, env: host },
  })
  t.after(() => walk.stop())
  const unused = await system.client.call('joinKeys.create', { body: { name: 'nobody', region: 'eu-west' } })
  const newFile = join(home, 'new-kubeconfig')
  writeFileSync(newFile, 'new')
  Object.assign(walk.values, {
    ...{ 'agent-id': 'xem-jumphost-01', ws: workspace, 'credentials-dir': agent.credentials, 'new-file': newFile },
    ...{ 'join-key-id': unused.id, name: 'xem-jumphost-02', region: 'eu-west', 'router-host': 'router.example.com' },
  })

  const first = await working()
  assert.equal(first.says, 'old')
  await systemd.serve(walk.run())
  const next = await working()
  assert.equal(next.says, 'new')
  writeFileSync(gate, '')
  for (const { id, says } of [first, next]) {
    const call = await ended(id)
    assert.deepEqual([call.state, call.stdout], ['completed', says])
  }
  rmSync(gate)

  await systemd.serve(walk.run())
  await system.untilHealthy(agent)
  const meanwhile = await working()
  const before = await system.client.call('agents.show', { params: { id: agent.name } })
  const old = credentialsOf(agent)
  const rotated = await walk.run()
  assert.match(rotated.stderr, /cut over: the new keys are in use/)
  assert.match(rotated.stdout, /Status: +completed/)
  const now = await until('the new pair in its place', () => {
    const kept = credentialsOf(agent)
    return kept.curve.publicKey === old.curve.publicKey ? undefined : kept
  })
  assert.notEqual(now.router.curve_public_key, old.router.curve_public_key)
  // The log lists what no running transaction can come before.
  await until('the cut-over in the audit log', async () => {
    const query = { subject: before.id, kind: 'agent.rotation_completed' }
    return (await system.client.call('audit.records', { query })).data[0]
  })
  const audited = await walk.run()
  assert.match(audited.stdout, /agent\.rotation_completed[\s\S]*agent\.rotation_requested/)
  const all = await walk.run()
  assert.match(all.stdout, /xem-jumphost-01 +completed/)
  assert.match(all.stderr, /1 of 1 cut over/)
  const { signing } = keysOf(agent)
  const signed = await walk.run()
  assert.match(signed.stderr, /cut over: the agent signs with its new key/)
  assert.match(signed.stdout, /Key: +signing/)
  await until('the new signing key in its place', () =>
    keysOf(agent).signing.keyId === signing.keyId ? undefined : true,
  )
  writeFileSync(gate, '')
  const call = await ended(meanwhile.id)
  assert.deepEqual([call.state, call.stdout], ['completed', 'new'])

  await walk.run()
  const { state } = await system.client.call('joinKeys.show', { params: { id: unused.id } })
  assert.equal(state, 'revoked')
  assert.match((await walk.run()).stdout, /^xjk_\S+\n$/)
  assert.match((await walk.run()).stdout, /Status: +healthy/)
  const after = await system.client.call('agents.show', { params: { id: agent.name } })
  assert.ok(Date.parse(after.last_heartbeat_at!) > Date.parse(before.last_heartbeat_at!), 'its heartbeat advanced')
  const listed = (await walk.run()).stdout
  assert.equal(listed.match(/ (?:completed|ended) /g)?.length, 3)
  await walk.end()
})
