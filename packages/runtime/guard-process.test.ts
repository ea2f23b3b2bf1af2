import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { test } from 'node:test'

const fixture = `
  import { spawn } from 'node:child_process'
  import { guardProcess } from ${JSON.stringify(new URL('./guard-process.ts', import.meta.url).href)}
  // The guarded process says when it ends, on the pipe that the test reads.
  const child = spawn('/bin/sh', ['-c', 'trap "echo ended; exit" TERM; echo up; while :; do sleep 0.05; done'], {
    stdio: ['ignore', 'inherit', 'ignore'], detached: true,
  })
  guardProcess(child.pid, { signal: 'TERM' })
  console.log('guarded')
  setInterval(() => {}, 60_000)
`

test('a guarded process is told to end when its owner is killed', async () => {
  const owner = spawn(process.execPath, ['--input-type=module', '-e', fixture], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: owner.stdout })
  const said = lines[Symbol.asyncIterator]()
  // In either order, and both: an owner that is killed
  // before it has a guard leaves its process running.
  const ready = [(await said.next()).value, (await said.next()).value]
  assert.deepEqual(ready.sort(), ['guarded', 'up'])
  const gone = once(owner, 'exit')
  owner.kill('SIGKILL')
  await gone
  assert.equal((await said.next()).value, 'ended')
})
