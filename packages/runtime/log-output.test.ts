import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { linesDropped, openLogOutput } from './log-output.ts'

const folder = mkdtempSync(join(tmpdir(), 'xerotier-log-'))
after(() => rmSync(folder, { recursive: true }))
const onRecovery = () => {}

/** Node with a log that is never silent, its stderr at `stderr`; says `up` when it serves. */
function noisy(stderr: number): ChildProcess {
  const script = `
    const { runProcess } = await import(${JSON.stringify(import.meta.resolve('./process.ts'))})
    const { createLog } = await import(${JSON.stringify(import.meta.resolve('./log.ts'))})
    const log = createLog({ level: 'info', name: 'noisy' })
    void runProcess(log, async () => {
      setInterval(() => { for (let n = 0; n < 500; n++) log.info({ pad: 'x'.repeat(1000) }, 'noise') }, 5)
      process.on('message', () => process.send(process.memoryUsage().rss))
      process.send('up')
      return { stop: async () => {} }
    })`
  return spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'ignore', stderr, 'ipc'] })
}

/** It answers, does not grow, and ends when it is told to. */
async function livesAndEnds(child: ChildProcess): Promise<void> {
  const answer = async () => {
    const answered = once(child, 'message')
    child.send('how much?')
    return Number((await answered)[0]) / 1e6
  }
  await once(child, 'message')
  const sizes: number[] = []
  // About 100 MB a second are said meanwhile.
  for (let n = 0; n < 200; n++) {
    sizes.push(await answer())
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  assert.ok(sizes.at(-1)! < 250, `${sizes[0]} MB became ${sizes.at(-1)} MB`)
  child.kill('SIGTERM')
  assert.deepEqual(await once(child, 'exit'), [0, null])
}

test('a log on a full disk hinders nobody, and its process ends when told to', { timeout: 180_000 }, async () => {
  const full = openSync('/dev/full', 'w')
  await livesAndEnds(noisy(full))
  closeSync(full)
})

test('a log that nobody reads hinders nobody, and its process ends when told to', { timeout: 180_000 }, async () => {
  const fifo = join(folder, 'unread')
  assert.equal(spawnSync('mkfifo', [fifo]).status, 0)
  // For reading and writing: there is a reader, and it never reads.
  const unread = openSync(fifo, 'r+')
  await livesAndEnds(noisy(unread))
  closeSync(unread)
})

test('lines that found no room are counted, and said when there is room again', async () => {
  const fifo = join(folder, 'slow')
  assert.equal(spawnSync('mkfifo', [fifo]).status, 0)
  const both = openSync(fifo, 'r+')
  const recovered = Promise.withResolvers<number>()
  const before = linesDropped()
  const output = openLogOutput(both, { onRecovery: recovered.resolve, waitingBytesMax: 10_000 })
  // More than a pipe holds, and what may wait besides.
  const lines = 1000
  for (let n = 0; n < lines; n++) {
    output.write(`${'x'.repeat(999)}\n`)
    if (n % 8 === 0) await new Promise(setImmediate)
  }
  const lost = linesDropped() - before
  assert.ok(lost > 0 && lost < lines, `${lost} of ${lines}`)
  const reader = spawn('head', ['-c', String((lines - lost) * 1000)], { stdio: [both, 'pipe', 'inherit'] })
  let bytes = 0
  reader.stdout?.on('data', (chunk: Buffer) => {
    bytes += chunk.length
  })
  assert.equal(await recovered.promise, lost)
  await once(reader, 'close')
  assert.equal(bytes, (lines - lost) * 1000)
})

test('a file gets every line, also the last ones of a process', async () => {
  const path = join(folder, 'log')
  const file = openSync(path, 'w')
  const output = openLogOutput(file, { onRecovery })
  for (let n = 0; n < 3; n++) output.write(`${n}\n`)
  output.flush()
  assert.equal(readFileSync(path, 'utf8'), '0\n1\n2\n')
  closeSync(file)
})

test('an output that is gone takes nothing and throws nothing', async () => {
  const before = linesDropped()
  const output = openLogOutput(openSync('/dev/full', 'w'), { onRecovery })
  output.write('lost\n')
  output.flush()
  assert.equal(linesDropped() - before, 1)
})
