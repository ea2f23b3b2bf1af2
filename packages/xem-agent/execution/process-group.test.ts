import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { until } from '@xerotier/devkit/faults/until.ts'

const importOf = (path: string) => JSON.stringify(import.meta.resolve(path))

test('a second signal ends the process, and the programs of its calls with it', async () => {
  const script = `
    const { runProcess } = await import(${importOf('@xerotier/runtime/process.ts')})
    const { silentLog } = await import(${importOf('@xerotier/runtime/log.ts')})
    const { systemClock } = await import(${importOf('@xerotier/runtime/clock.ts')})
    const { startGroup } = await import(${importOf('./process-group.ts')})
    const { env } = process
    await runProcess(silentLog, async () => {
      const argv = ['-c', 'trap "" TERM; sleep 600 & echo $!; wait']
      const { child } = await startGroup({ program: '/bin/sh', argv, cwd: '/', env, stdin: null, clock: systemClock })
      child.stdout.pipe(process.stdout)
      return { stop: () => { console.log('stopping'); return new Promise(() => {}) } }
    })`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  const end = once(child, 'close')
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  const sleep = Number((await lines.next()).value)
  child.kill('SIGTERM')
  assert.equal((await lines.next()).value, 'stopping')
  child.kill('SIGTERM')
  assert.deepEqual(await end, [143, null])
  await until('the end of the program', () => !existsSync(`/proc/${sleep}`) || undefined)
})
