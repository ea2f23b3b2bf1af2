import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { hostname, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { compileArgumentsSchema } from '@xerotier/runtime/json-schema.ts'
import { silentLog } from '@xerotier/runtime/log.ts'
import type { Tool } from '../../tool.ts'
import { loadCatalogue } from '../catalogue.ts'
import { catalogueOptions } from '../fixtures/catalogue-options.ts'

// World-readable on purpose: /tmp itself is.
const folder = mkdtempSync(join(tmpdir(), 'xem-host-'))
chmodSync(folder, 0o755)
let tools: ReadonlyMap<string, Tool>
before(async () => {
  tools = (await loadCatalogue(catalogueOptions(folder, ['host']))).tools
})
after(() => rmSync(folder, { recursive: true }))

/** As a call goes: the router fills in the defaults, the agent checks what comes. */
async function call(name: string, args: Record<string, unknown> = {}) {
  const tool = tools.get(name)!
  const whole = compileArgumentsSchema(tool.descriptor.input_schema, 'strict').complete(args)
  const invalid = tool.checkArgs(whole)
  if (invalid !== undefined) throw new Error(invalid)
  if (tool.run.kind !== 'function') throw new Error('not a function')
  let output = ''
  const answer = await tool.run.invoke({
    executionId: 'exec-1',
    args: whole,
    workspace: { workspace_id: 'ws_0123456789ab', workspace: 'w', type: 'host', credentials_ref: null },
    credentialsFile: undefined,
    timeoutMs: 5000,
    signal: new AbortController().signal,
    log: silentLog,
    write: (_, text) => {
      output += text
    },
    artifact: () => assert.fail('no artifact'),
    run: async ([program, ...argv]) => {
      const { status, signal, stdout } = spawnSync(program!, argv, { encoding: 'utf8' })
      output += stdout
      return { exitCode: status, signal }
    },
    atMostOnce: false,
    callback: undefined,
  })
  return { ...answer, result: answer.result as Record<string, unknown>, output }
}

test('the host says what it is, how full it is and what runs on it', async () => {
  assert.equal((await call('host_uptime')).result.hostname, hostname())
  assert.equal((await call('host_memory')).result.total_bytes, totalmem())
  const { file_systems } = (await call('host_disk', { path: '/' })).result as {
    file_systems: { total_bytes: number }[]
  }
  const kib = Number(spawnSync('df', ['--output=size', '-k', '/'], { encoding: 'utf8' }).stdout.split('\n')[1])
  assert.equal(file_systems[0]?.total_bytes, kib * 1024)
  assert.ok(((await call('host_disk')).result.file_systems as unknown[]).length > 0)
  await assert.rejects(call('host_disk', { path: '/nothing/here' }), { code: 'execution_failed' })
})

test('processes are listed with what they use, and our own secrets in an argv are masked', async () => {
  const marker = `marker-${process.pid}`
  const child = spawn(process.execPath, [
    '-e',
    'setInterval(() => {}, 1000)',
    marker,
    '--join-key=xjk_abcdefgh.ijk.lmn',
  ])
  await once(child, 'spawn')
  let found: { pid: number; command: string } | undefined
  while (found === undefined) {
    const { processes } = (await call('host_processes', { name: marker })).result as {
      processes: { pid: number; command: string }[]
    }
    found = processes.find((one) => one.pid === child.pid)
  }
  child.kill('SIGKILL')
  assert.match(found.command, /--join-key=\[secret\]$/)
  const { processes, total } = (await call('host_processes', { limit: 2, sort: 'pid' })).result as {
    processes: { pid: number }[]
    total: number
  }
  assert.equal(processes.length, 2)
  assert.equal(processes[0]?.pid, 1)
  assert.ok(total > 2)
})

test('a file is read in part, through links, and only when every user may and it is of no process nor the agent', async () => {
  const path = join(folder, 'public.txt')
  writeFileSync(path, 'hello world', { mode: 0o644 })
  symlinkSync('public.txt', join(folder, 'link'))
  assert.equal((await call('host_file_read', { path })).output, 'hello world')
  const part = await call('host_file_read', { path: join(folder, 'link'), offset: 6, max_bytes: 3 })
  assert.equal(part.output, 'wor')
  assert.deepEqual(part.result, { path, size: 11, offset: 6, bytes: 3 })
  assert.match((await call('host_file_read', { path: '/proc/version' })).output, /^Linux/)

  mkdirSync(join(folder, 'private'), { mode: 0o700 })
  writeFileSync(join(folder, 'private', 'inside'), 'secret', { mode: 0o644 })
  writeFileSync(join(folder, 'closed'), 'secret', { mode: 0o600 })
  symlinkSync('closed', join(folder, 'link-to-closed'))
  spawnSync('mkfifo', [join(folder, 'fifo')])
  for (const name of ['closed', 'link-to-closed', 'private/inside', 'fifo', '.', 'nothing']) {
    await assert.rejects(call('host_file_read', { path: join(folder, name) }), { code: 'execution_failed' }, name)
  }
  mkdirSync(join(folder, 'own'))
  writeFileSync(join(folder, 'own', 'xem.yaml'), 'join_key: secret', { mode: 0o644 })
  symlinkSync('/proc/self', join(folder, 'self'))
  symlinkSync('own', join(folder, 'link-to-own-folder'))
  const secrets = [
    '/etc/shadow',
    '/proc/self/environ',
    '/proc/self/mem',
    '/proc/self/cmdline',
    '/proc/thread-self/cmdline',
    `/proc/${process.ppid}/cmdline`,
    '/proc/self/root/proc/1/status',
    join(folder, 'self', 'cmdline'),
    join(folder, 'own', 'xem.yaml'),
    join(folder, 'link-to-own-folder', 'xem.yaml'),
  ]
  for (const secret of secrets) {
    await assert.rejects(call('host_file_read', { path: secret }), { code: 'execution_failed' }, secret)
  }
  await assert.rejects(call('host_file_read', { path: 'relative' }), /\/path must match pattern/)
})

test("a file of another user stays that one's when it is replaced", {
  skip: process.getuid?.() !== 0 && 'needs root',
}, async () => {
  const path = join(folder, 'of-a-service.conf')
  writeFileSync(path, 'one', { mode: 0o640 })
  chownSync(path, 1234, 2345)
  await call('host_file_write', { path, content: 'two', overwrite: true })
  const { uid, gid, mode } = statSync(path)
  assert.deepEqual([readFileSync(path, 'utf8'), uid, gid, mode & 0o777], ['two', 1234, 2345, 0o640])
})

test('a file is written below an allowed folder only, never through a link, and what it replaces is kept', async () => {
  const path = join(folder, 'written.txt')
  const umask = process.umask(0o077)
  assert.deepEqual((await call('host_file_write', { path, content: 'one' })).result, { path, bytes: 3, backup: null })
  process.umask(umask)
  assert.equal((await call('host_file_read', { path })).output, 'one', 'whatever the umask of the agent')
  await assert.rejects(call('host_file_write', { path, content: 'two' }), /there already/)
  chmodSync(path, 0o640)
  const { result } = await call('host_file_write', { path, content: 'two', overwrite: true })
  assert.deepEqual(result, { path, bytes: 3, backup: `${path}.exec-1.bak` })
  assert.equal(readFileSync(path, 'utf8'), 'two')
  assert.equal(statSync(path).mode & 0o777, 0o640, 'it keeps its mode')
  assert.equal(readFileSync(`${path}.exec-1.bak`, 'utf8'), 'one')

  symlinkSync('/etc', join(folder, 'etc'))
  symlinkSync('/etc/hosts', join(folder, 'hosts'))
  const outside = [
    '/etc/new',
    join(folder, 'etc', 'new'),
    join(folder, '..', 'new'),
    '/proc/self/root/etc/new',
    join(folder, 'nothing', 'new'),
  ]
  for (const path of outside) {
    await assert.rejects(
      call('host_file_write', { path, content: 'x', overwrite: true }),
      { code: 'execution_failed' },
      path,
    )
  }
  await assert.rejects(
    call('host_file_write', { path: join(folder, 'hosts'), content: 'x', overwrite: true }),
    /no regular file/,
  )
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.endsWith('.tmp')),
    [],
  )
})

test('the tail of a log is found from its end, below /var/log only', {
  skip: process.getuid?.() !== 0 && 'needs to write /var/log',
}, async () => {
  const path = `/var/log/xem-test-${process.pid}.log`
  const line = 'x'.repeat(100)
  writeFileSync(path, Array.from({ length: 5000 }, (_, index) => `${index} ${line}\n`).join(''))
  try {
    const tail = (await call('host_log_tail', { path, lines: 1000 })).output.split('\n')
    assert.equal(tail.length, 1001)
    assert.equal(tail[0], `4000 ${line}`)
    assert.equal(tail[999], `4999 ${line}`)
    writeFileSync(path, 'a\nb\nc')
    assert.equal((await call('host_log_tail', { path, lines: 2 })).output, 'b\nc')
    assert.equal((await call('host_log_tail', { path, lines: 9 })).output, 'a\nb\nc')
    await assert.rejects(call('host_log_tail', { path: '/var/log/../../etc/hosts' }), /not below \/var\/log/)
  } finally {
    rmSync(path)
  }
  await assert.rejects(call('host_log_tail', { path, unit: 'x' }), /must match exactly one schema/)
  await assert.rejects(call('host_log_tail', {}), /must/)
})

test('a process is ended, told apart by name, and never init, the agent or what it runs under', async () => {
  const child: ChildProcess = spawn('sleep', ['1000'])
  await once(child, 'spawn')
  const pid = child.pid!
  await assert.rejects(call('host_process_kill', { pid, name: 'nginx' }), /is "sleep" and not the one that was named/)
  const ended = once(child, 'exit')
  const { result } = await call('host_process_kill', { pid, name: 'sleep' })
  assert.deepEqual(result, { pid, name: 'sleep', signal: 'SIGTERM', ended: true })
  assert.deepEqual(await ended, [null, 'SIGTERM'])
  for (const own of [process.pid, process.ppid]) {
    await assert.rejects(call('host_process_kill', { pid: own }), /is the agent, or one that it runs under/)
  }
  await assert.rejects(call('host_process_kill', { pid: 1 }), /\/pid must be >= 2/)
  await assert.rejects(call('host_process_kill', { pid: -2 }), /\/pid must be >= 2/)
  await assert.rejects(call('host_process_kill', { pid }), /There is no process/)
  const thread = readdirSync('/proc/self/task')
    .map(Number)
    .find((tid) => tid !== process.pid)!
  await assert.rejects(call('host_process_kill', { pid: thread }), /is a thread of process/)
})
