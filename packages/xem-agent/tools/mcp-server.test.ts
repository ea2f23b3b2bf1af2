import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { until } from '@xerotier/devkit/faults/until.ts'
import { settableClock } from '@xerotier/devkit/settable-clock.ts'
import { type Clock, systemClock } from '@xerotier/runtime/clock.ts'
import { silentLog } from '@xerotier/runtime/log.ts'
import { z } from 'zod'
import { lateAnswerMs } from './mcp-connection.ts'
import { closeGraceMs } from './mcp-process.ts'
import { createMcpServer, type McpCallOptions, type McpServer, pingMs } from './mcp-server.ts'

const folder = mkdtempSync(join(tmpdir(), 'xem-mcp-'))
after(() => rmSync(folder, { recursive: true }))

const script = join(import.meta.dirname, 'fixtures/unruly-mcp-server.ts')
/** Behind a shell that waits for it, as many servers are. */
const wrapped = { command: '/bin/sh', args: ['-c', '"$0" "$@"; exit $?', process.execPath, script] }
const never = new AbortController().signal
const answerSchema = z.object({ content: z.array(z.object({ text: z.string() })) })
const ready = async () => ({ env: { PATH: process.env.PATH ?? '/usr/bin:/bin' }, over: async () => {} })

function start(change: { clock?: Clock; ways?: string; wrap?: boolean } = {}): McpServer {
  const { clock = systemClock, ways = '', wrap = false } = change
  const { command, args } = wrap ? wrapped : { command: process.execPath, args: [script] }
  return createMcpServer({
    command,
    args: [...args, ways],
    cwd: folder,
    user: undefined,
    ready,
    clock,
    log: silentLog,
    version: '0',
  })
}

async function say(
  server: McpServer,
  name: string,
  args = {},
  signal = new AbortController().signal,
  change: Partial<McpCallOptions> = {},
): Promise<string> {
  const answer = await server.call(name, args, { signal, atMostOnce: false, ...change })
  const { content } = answerSchema.parse(answer)
  return content.map((part) => part.text).join('')
}

async function pidsOf(server: McpServer): Promise<{ pid: number; helper: number }> {
  const [pid, helper] = (await say(server, 'pids')).split(' ').map(Number)
  return { pid: pid!, helper: helper! }
}

const files = (name: string) => ({ begun: join(folder, `${name}-begun`), until: join(folder, `${name}-until`) })
const untilThere = (path: string) => until(path, () => existsSync(path) || undefined)
const untilGone = (...pids: number[]) => until(`the end of ${pids}`, () => pids.every(isGone) || undefined)

/** Gone, or a zombie that nobody has reaped. */
function isGone(pid: number): boolean {
  try {
    return / Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return true
  }
}

test('a server that dies is replaced at once, although a helper of its group holds its output', async () => {
  const server = start()
  const before = await pidsOf(server)
  await assert.rejects(say(server, 'die'), { message: 'it ended with exit code 1' })
  const next = await pidsOf(server)
  assert.notEqual(next.pid, before.pid)
  await untilGone(before.pid, before.helper)
  await server.close()
})

test('a server that dies is replaced at once, although a helper in a session of its own holds its output', async () => {
  const server = start({ ways: 'helper-in-a-session' })
  const before = await pidsOf(server)
  await assert.rejects(say(server, 'die'), { message: 'it ended with exit code 1' })
  const next = await pidsOf(server)
  assert.notEqual(next.pid, before.pid)
  await server.close()
  for (const { helper } of [before, next]) process.kill(helper, 'SIGKILL')
})

test('what a server answers right before its end is heard', async () => {
  const server = start()
  assert.equal(await say(server, 'answer_and_die'), 'last words')
  await server.close()
})

test('a server that closes its output is ended and replaced', async () => {
  const server = start()
  const before = await pidsOf(server)
  await assert.rejects(say(server, 'mute'), { message: 'it closed its output' })
  assert.notEqual((await pidsOf(server)).pid, before.pid)
  await untilGone(before.pid)
  await server.close()
})

test('a server that sends a message beyond the limit is ended and replaced', async () => {
  const server = start()
  const before = await pidsOf(server)
  await assert.rejects(say(server, 'giant'), { message: 'it sent a message of more than 10485760 bytes' })
  assert.notEqual((await pidsOf(server)).pid, before.pid)
  await untilGone(before.pid, before.helper)
  await server.close()
})

test('a server that answers no ping after a deadline is ended, and the next call has another', async () => {
  const clock = settableClock()
  const server = start({ clock })
  const before = await pidsOf(server)
  const deadline = new AbortController()
  const { begun, until } = files('hung')
  const spinning = say(server, 'spin', { begun, until }, deadline.signal)
  await untilThere(begun)
  deadline.abort()
  await assert.rejects(spinning)
  const next = pidsOf(server)
  await clock.advance(pingMs)
  assert.notEqual((await next).pid, before.pid)
  await untilGone(before.pid, before.helper)
  await server.close()
})

test('a server that answers no ping keeps the calls that it has, and takes no new ones', async () => {
  const clock = settableClock()
  const server = start({ clock })
  const before = await pidsOf(server)
  const { begun, until } = files('busy')
  const busy = say(server, 'spin', { begun, until })
  await untilThere(begun)
  const deadline = new AbortController()
  const behind = say(server, 'pids', {}, deadline.signal)
  await clock.advance(0)
  deadline.abort()
  await assert.rejects(behind)
  const next = pidsOf(server)
  await clock.advance(pingMs)
  assert.notEqual((await next).pid, before.pid)
  writeFileSync(until, '')
  assert.equal(await busy, 'done')
  await untilGone(before.pid, before.helper)
  await server.close()
})

const once = { atMostOnce: true }

test('a call that may run only once does not go on after its deadline: its server is killed, and with it the others', async () => {
  const clock = settableClock()
  const server = start({ clock, wrap: true })
  const before = await pidsOf(server)
  const deadline = new AbortController()
  const { begun, until } = files('once')
  const spinning = assert.rejects(say(server, 'spin', { begun, until }, deadline.signal, once))
  await untilThere(begun)
  const lost = 'it was killed, as it did not end another call in time'
  const beside = [
    assert.rejects(say(server, 'pids', {}, never, once), {
      code: 'execution_interrupted',
      message: `The MCP server was lost while the call ran (${lost}); whether it took effect is not known.`,
    }),
    assert.rejects(say(server, 'pids'), { message: lost }),
  ]
  await clock.advance(0)
  deadline.abort()
  await clock.advance(lateAnswerMs - 1)
  assert.ok(!isGone(before.pid), 'it has its grace')
  await clock.advance(1)
  await Promise.all([spinning, ...beside])
  await untilGone(before.pid, before.helper)
  assert.notEqual((await pidsOf(server)).pid, before.pid)
  await server.close()
})

test('a server that answers a call that may run only once right after its deadline is kept', async () => {
  const clock = settableClock()
  const server = start({ clock })
  const before = await pidsOf(server)
  const deadline = new AbortController()
  const { begun, until } = files('late')
  const spinning = assert.rejects(say(server, 'spin', { begun, until }, deadline.signal, once))
  await untilThere(begun)
  deadline.abort()
  writeFileSync(until, '')
  await spinning
  await clock.advance(lateAnswerMs)
  assert.equal((await pidsOf(server)).pid, before.pid)
  await server.close()
})

test('a server that ends leaves it open whether the calls took effect that may run only once', async () => {
  const server = start()
  const lost = { code: 'execution_interrupted', message: /it ended with exit code 1/ }
  const waiting = assert.rejects(say(server, 'wait', {}, never, once), lost)
  const free = assert.rejects(say(server, 'wait'), { message: 'it ended with exit code 1' })
  await assert.rejects(say(server, 'die', {}, never, once), lost)
  await Promise.all([waiting, free])
  await server.close()
})

test('closing ends a server behind a wrapper that ignores the end of its input', async () => {
  const clock = settableClock()
  const server = start({ clock, wrap: true, ways: 'deaf-to-the-end-of-its-input' })
  const { pid, helper } = await pidsOf(server)
  const closing = server.close()
  await clock.advance(0)
  assert.ok(!isGone(pid), 'it has its grace')
  await clock.advance(closeGraceMs)
  await closing
  await untilGone(pid, helper)
})

test('closing before a server is started leaves none', async () => {
  const server = start()
  const listing = assert.rejects(server.tools(never), { message: 'it was closed' })
  await server.close()
  await listing
  await until('no child', () => !process.getActiveResourcesInfo().includes('ProcessWrap') || undefined)
})

test('closing ends a server that never says that it is ready', async () => {
  const clock = settableClock()
  const pidFile = join(folder, 'pid')
  const args = ['-c', 'echo $$ > "$0.new"; mv "$0.new" "$0"; exec sleep 600', pidFile]
  const server = createMcpServer({
    command: '/bin/sh',
    args,
    cwd: folder,
    user: undefined,
    ready,
    clock,
    log: silentLog,
    version: '0',
  })
  const listing = assert.rejects(server.tools(never), { message: 'it was closed' })
  await untilThere(pidFile)
  const closing = server.close()
  await clock.advance(0)
  await clock.advance(closeGraceMs)
  await closing
  await listing
  await untilGone(Number(readFileSync(pidFile, 'utf8')))
})
