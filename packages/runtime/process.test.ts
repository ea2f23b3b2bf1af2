import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'

/** A process of ours whose start is the given code; it prints what happens to it. */
function run(start: string): {
  child: ChildProcess
  said(text: string): Promise<void>
  end: Promise<unknown[]>
  output(): string
} {
  const script = `
    const { runProcess } = await import(${JSON.stringify(import.meta.resolve('./process.ts'))})
    const { createLog } = await import(${JSON.stringify(import.meta.resolve('./log.ts'))})
    const { StartError } = await import(${JSON.stringify(import.meta.resolve('./start-error.ts'))})
    const say = (text) => process.stdout.write(text + '\\n')
    await runProcess(createLog({ level: 'info', name: 'test' }), async (aborted) => { ${start} })`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  const listeners = new Set<() => void>()
  for (const pipe of [child.stdout!, child.stderr!]) {
    pipe.on('data', (data: Buffer) => {
      output += data
      for (const listener of listeners) listener()
    })
  }
  const said = (text: string) =>
    new Promise<void>((resolve, reject) => {
      child.once('close', () => reject(new Error(`it ended and never said ${text}: ${output}`)))
      const look = () => {
        if (output.includes(text)) resolve()
      }
      listeners.add(look)
      look()
    })
  return { child, said, end: once(child, 'close'), output: () => output }
}

test('a signal stops it once and cleanly', async () => {
  const { child, said, end, output } = run(`say('up'); return { stop: async (reason) => say('stopped by ' + reason) }`)
  await said('up')
  child.kill('SIGTERM')
  assert.deepEqual(await end, [0, null])
  assert.equal(output().split('stopped by SIGTERM').length, 2)
})

test('a second signal ends it although its stop hangs', async () => {
  const { child, said, end } = run(
    `say('up'); return { stop: () => { say('stopping'); return new Promise(() => {}) } }`,
  )
  await said('up')
  child.kill('SIGINT')
  await said('stopping\n')
  child.kill('SIGINT')
  assert.deepEqual(await end, [130, null])
})

test('a signal during the start gives the start up', async () => {
  const { child, said, end } = run(`
    say('starting')
    await new Promise((_, reject) => aborted.addEventListener('abort', () => reject(new Error('given up'))))`)
  await said('starting')
  child.kill('SIGTERM')
  assert.deepEqual(await end, [0, null])
})

test('SIGHUP reloads, and a reload that fails stops nothing', async () => {
  const { child, said, end } = run(`
    let count = 0
    say('up')
    return { stop: async () => {}, reload: async () => { say('reload ' + ++count); throw new Error('broken') } }`)
  await said('up')
  child.kill('SIGHUP')
  await said('what was loaded before stays')
  child.kill('SIGHUP')
  await said('reload 2')
  child.kill('SIGTERM')
  assert.deepEqual(await end, [0, null])
})

test('a SIGHUP during the start reloads once it is up', async () => {
  const { child, said, end } = run(`
    const { promise, resolve } = Promise.withResolvers()
    process.once('SIGHUP', resolve)
    say('starting')
    await promise
    return { stop: async () => {}, reload: async () => say('reloaded') }`)
  await said('starting')
  child.kill('SIGHUP')
  await said('reloaded')
  child.kill('SIGTERM')
  assert.deepEqual(await end, [0, null])
})

test('it ends with the code of what ended it', async () => {
  assert.deepEqual(await run(`throw new StartError(78, 'wrong settings')`).end, [78, null])
  assert.deepEqual(await run(`throw new Error('broken')`).end, [1, null])
  const own = run(`return { stop: async () => say('stopped'), ended: Promise.resolve(77) }`)
  assert.deepEqual(await own.end, [77, null])
  assert.match(own.output(), /stopped/)
  assert.deepEqual(await run(`return { stop: async () => { throw new Error('x') }, ended: Promise.resolve(0) }`).end, [
    1,
    null,
  ])
})

test('an unhandled rejection is critical and ends it', async () => {
  const { end, output } = run(`Promise.reject(new Error('lost')); return { stop: async () => {} }`)
  assert.deepEqual(await end, [1, null])
  assert.match(output(), /"level":"critical".*lost/)
})
