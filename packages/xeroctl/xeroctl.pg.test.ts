// The command line against the whole system: real router, real Postgres, real agent, real
// processes.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, type TestContext, test } from 'node:test'
import type { AgentForTests } from '@xerotier/devkit/agent-for-tests.ts'
import { type System, startSystem } from '@xerotier/devkit/system.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { emptyFolder, type RunOptions, xeroctl } from './run.fixture.ts'

let system: System
let agent: AgentForTests

/**
 * Says a line on each stream, then goes on as soon as the file `gate` is there, and ends with
 * `code`.
 */
const script = `#!/bin/sh
echo "before"
echo "warning" >&2
while [ ! -e "$1" ]; do sleep 0.02; done
echo "after"
exit "$2"
`

/** Says as many bytes. */
const longScript = `#!/bin/sh
exec head -c "$1" /dev/zero
`

function bundle(program: string, longProgram: string): string {
  const tool = (name: string, risk: string) => `
  - name: ${name}
    description: Waits for a file
    risk: ${risk}
    timeout_ms: 30000
    command: [${program}, '{gate}', '{code}']
    input_schema:
      type: object
      required: [gate]
      properties: { gate: { type: string, pattern: '^/' }, code: { type: integer, default: 0 } }`
  const long = `
  - name: gate_long
    description: Says a lot
    risk: read
    command: [${longProgram}, '{bytes}']
    input_schema: { type: object, required: [bytes], properties: { bytes: { type: integer } } }`
  return `name: gate\nversion: 1.0.0\ndomain: test\ntools:${tool('gate_read', 'read')}${tool('gate_irreversible', 'irreversible')}${long}\n`
}

before(async () => {
  system = await startSystem()
  agent = await system.addAgent({
    prepare({ tools }) {
      const folder = join(tools, 'gate')
      mkdirSync(folder)
      const program = join(folder, 'gate.sh')
      writeFileSync(program, script)
      chmodSync(program, 0o755)
      const longProgram = join(folder, 'long.sh')
      writeFileSync(longProgram, longScript)
      chmodSync(longProgram, 0o755)
      writeFileSync(join(folder, 'bundle.yaml'), bundle(program, longProgram))
    },
  })
  await system.addWorkspace('gates', 'host', [agent])
})
after(() => system.stop())

const cli = (t: TestContext, words: string[], options: RunOptions = {}) =>
  xeroctl(t, words, {
    now: Date.now(),
    env: { XEROTIER_BASE_URL: `${system.client.origin}/demo/v1`, XEROTIER_API_KEY: system.router.apiKey },
    ...options,
    surroundings: { randomId: () => randomUUID(), ...options.surroundings },
  })

/** Follows a call; `when` is told all that was printed so far, after each piece. */
function invoke(t: TestContext, tool: string, args: object, when: (printed: string) => void = () => {}) {
  let printed = ''
  const words = ['exec', 'invoke', '--workspace', 'gates', '--tool', tool, '--args', JSON.stringify(args), '--follow']
  return cli(t, words, {
    onOutput(_, text) {
      printed += text
      when(printed)
    },
  })
}

const gateIn = (t: TestContext) => join(emptyFolder(t), 'gate')
const open = (gate: string) => writeFileSync(gate, '')
const idIn = (printed: string) => /\u00b7 (\S+)/.exec(printed)?.[1] ?? ''

test('guide 1: mint a join key, see the agent healthy, see what it published, bind a workspace', async (t) => {
  const address = 'tcp://router.example:5555'
  const minted = await cli(t, [
    'agents',
    'join-keys',
    '--create',
    '--name',
    'xem-2',
    '--region',
    'eu',
    '--router-addr',
    address,
  ])
  assert.match(minted.stdout, /^xjk_\S+\n$/)
  assert.match((await cli(t, ['agents'])).stdout, new RegExp(`${agent.name} +healthy`))
  const shown = await cli(t, ['agents', agent.name])
  assert.match(shown.stdout, /gate_irreversible +irreversible +gate 1\.0\.0/)
  assert.match(shown.stdout, /Last heartbeat: +\d{4}-/)
  assert.equal((await cli(t, ['workspaces', 'create', 'second', '--type', 'host'])).code, 0)
  assert.equal((await cli(t, ['workspaces', 'bind', 'second', '--agent', agent.name])).code, 0)
  assert.match((await cli(t, ['workspaces', 'show', 'second'])).stdout, new RegExp(agent.name))
})

test('output arrives while the call runs, each stream on its own', async (t) => {
  const gate = gateIn(t)
  // The tool ends only when its first lines have been printed here.
  const ended = await invoke(t, 'gate_read', { gate }, (printed) => {
    if (printed.includes('before') && printed.includes('warning')) open(gate)
  })
  assert.deepEqual([ended.code, ended.stdout], [0, 'before\nafter\n'])
  assert.match(ended.stderr, /^warning$/m)
})

test('a call that runs shows how much output has arrived', async (t) => {
  const gate = gateIn(t)
  let showing: Promise<string> | undefined
  await invoke(t, 'gate_read', { gate }, (printed) => {
    if (!printed.includes('before') || !printed.includes('warning') || showing !== undefined) return
    showing = cli(t, ['exec', 'list', '--status', 'running', '-o', 'name'])
      .then(({ stdout }) => cli(t, ['exec', 'show', stdout.trim()]))
      .then(({ stdout }) => stdout)
      .finally(() => open(gate))
  })
  assert.match((await showing) ?? '', /^Output: +7 B stdout, 8 B stderr$/m)
})

test('a tool that fails ends xeroctl with 10 and names its own exit code', async (t) => {
  const gate = gateIn(t)
  open(gate)
  const { code, stderr } = await invoke(t, 'gate_read', { gate, code: 3 })
  assert.equal(code, 10)
  assert.match(stderr, /exit code 3/)
})

test('--arg for a tool that nobody offers says what the call without it says', async (t) => {
  const asked = async (...words: string[]) => {
    const ended = await cli(t, ['exec', 'invoke', '--workspace', 'gates', '--tool', 'gate_shut', ...words])
    return { code: ended.code, said: ended.stderr.replace(/\(exec_tool_not_found, [^)]+/, '') }
  }
  const plain = await asked()
  assert.match(plain.said, new RegExp(`Of those bound to the workspace gates, ${agent.name} does not offer gate_shut`))
  assert.deepEqual([await asked('--arg', 'a=1'), plain.code], [plain, 4])
})

test('a script that follows a call gets all of its output, and a terminal the line that prints it', async (t) => {
  const bytes = limits.outputInlineBytes + 1000
  const { code, stdout, stderr } = await invoke(t, 'gate_long', { bytes })
  assert.deepEqual([code, stdout.length], [0, bytes], stderr)
  const words = ['exec', 'invoke', 'gate_long', '-w', 'gates', '--arg', `bytes=${bytes}`, '--no-color']
  const seen = await cli(t, words, { terminal: 80 })
  const [, line] = /^1000 more bytes of output were not shown here; all of it: xeroctl (.*)$/m.exec(seen.stderr) ?? []
  assert.equal((await cli(t, (line ?? '').split(' '))).stdout.length, bytes)
})

test('the printed line approves a gated call, and it runs to its end', async (t) => {
  const gate = gateIn(t)
  open(gate)
  let deciding: Promise<unknown> | undefined
  const ended = await invoke(t, 'gate_irreversible', { gate }, (printed) => {
    const line = /approve: +xeroctl (.*)\n/.exec(printed)?.[1]
    if (line !== undefined)
      deciding ??= cli(t, [...line.split(' '), '--note', 'seen']).then(({ code }) => assert.equal(code, 0))
  })
  await deciding
  assert.deepEqual([ended.code, ended.stdout], [0, 'before\nafter\n'])
  const { stdout } = await cli(t, ['exec', 'show', idIn(ended.stderr)])
  assert.match(stdout, /approved +owner +\S+ +seen/)
})

test('a script that runs a gated call waits for the decision, and ends as the call does', async (t) => {
  let deciding: Promise<unknown> | undefined
  const words = [
    'exec',
    'invoke',
    '--workspace',
    'gates',
    '--tool',
    'gate_irreversible',
    '--args',
    '{"gate":"/nowhere"}',
  ]
  let printed = ''
  const ended = await cli(t, words, {
    onOutput(_, text) {
      printed += text
      const line = /reject: +xeroctl (.*) --note/.exec(printed)?.[1]
      if (line !== undefined) deciding ??= cli(t, [...line.split(' '), '--note', 'not today'])
    },
  })
  await deciding
  assert.deepEqual([ended.code, ended.stdout], [11, ''])
  assert.match(ended.stderr, /not today/)
})

test('an irreversible call is not approved without its name typed', async (t) => {
  const { approval_id } = await system.ask('gates', 'gate_irreversible', { gate: '/nowhere' })
  const { code, stderr } = await cli(t, ['approvals', 'approve', approval_id!])
  assert.equal(code, 2)
  assert.match(stderr, /confirmation_required/)
  assert.equal((await cli(t, ['approvals', 'approve', approval_id!, '--confirm', 'gate_read'])).code, 2)
  assert.equal((await cli(t, ['approvals', 'reject', approval_id!, '--reason', 'only a test'])).code, 0)
  assert.match((await cli(t, ['approvals', 'show', approval_id!])).stdout, /Note: +only a test/)
  assert.equal((await cli(t, ['approvals', 'approve', approval_id!, '--confirm', 'gate_irreversible'])).code, 5)
})

test('a call that somebody cancels ends the one who follows it with 130', async (t) => {
  let cancelling: Promise<unknown> | undefined
  const ended = await invoke(t, 'gate_read', { gate: '/nowhere/gate' }, (printed) => {
    if (!printed.includes('before')) return
    cancelling ??= cli(t, ['exec', 'list', '--status', 'running', '-o', 'name']).then(({ stdout }) =>
      cli(t, ['exec', 'cancel', stdout.trim()]),
    )
  })
  await cancelling
  assert.equal(ended.code, 130)
})

test('a call is followed across a restart of the router, and nothing is printed twice', async (t) => {
  const gate = gateIn(t)
  let restarting: Promise<void> | undefined
  const ended = await invoke(t, 'gate_read', { gate }, (printed) => {
    if (printed.includes('warning')) restarting ??= system.router.restart().then(() => open(gate))
  })
  await restarting
  assert.deepEqual([ended.code, ended.stdout], [0, 'before\nafter\n'], ended.stderr)
})

test('approvals watch prints a request as it lands', async (t) => {
  let interrupt = () => {}
  let seen = ''
  let asking: Promise<unknown> | undefined
  const watching = cli(t, ['approvals', 'watch', '--workspace', 'gates', '-o', 'json'], {
    onListening: (handler) => (interrupt = handler),
    onOutput(_, text) {
      seen += text
      if (seen.includes('approval.requested')) interrupt()
    },
    surroundings: {
      // The request is made once the stream is open, so that it is live and not told again.
      fetch: async (input, init) => {
        const response = await fetch(input, init)
        asking ??= system.ask('gates', 'gate_irreversible', { gate: '/nowhere' })
        return response
      },
    },
  })
  const { stdout, code } = await watching
  await asking
  assert.equal(code, 0)
  const { event, data } = JSON.parse(stdout.trim().split('\n').at(-1)!)
  assert.deepEqual([event, data.tool, data.state], ['x_exec.approval.requested', 'gate_irreversible', 'pending'])
})

test('every format of every list is what it says', async (t) => {
  for (const words of [
    ['agents'],
    ['workspaces', 'list'],
    ['exec', 'tools'],
    ['exec', 'list'],
    ['approvals', 'list', '--status', 'all'],
    ['keys'],
    ['agents', 'join-keys'],
  ]) {
    const list = JSON.parse((await cli(t, [...words, '-o', 'json'])).stdout)
    assert.ok(list.data.length > 0, words.join(' '))
    const lines = (await cli(t, [...words, '-o', 'ndjson'])).stdout.trimEnd().split('\n')
    assert.deepEqual(
      lines.map((line) => JSON.parse(line).id ?? JSON.parse(line).name),
      list.data.map(({ id, name }: { id?: string; name?: string }) => id ?? name),
    )
    for (const format of ['table', 'wide', 'yaml', 'name'])
      assert.equal((await cli(t, [...words, '-o', format])).code, 0)
  }
})

test('status finds the router, the agent and the key', async (t) => {
  const { code, stdout } = await cli(t, ['status', '-o', 'json'])
  const { ready, api_key_accepted, agents_online } = JSON.parse(stdout)
  assert.deepEqual([code, ready, api_key_accepted, agents_online], [0, true, true, 1])
})
