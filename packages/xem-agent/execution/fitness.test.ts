import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { settableClock } from '@xerotier/devkit/settable-clock.ts'
import { silentLog } from '@xerotier/runtime/log.ts'
import { createCallFolders } from './call-folders.ts'
import { createFitness, lookMs } from './fitness.ts'
import { createBench } from './fixtures/recording-link.ts'

const folder = mkdtempSync(join(tmpdir(), 'xem-fitness-'))
after(() => rmSync(folder, { recursive: true }))

test('a temporary folder that is gone makes the host unfit until it is back', async () => {
  const clock = settableClock()
  const gone = join(folder, 'gone')
  const fitness = createFitness(join(gone, 'calls'), { clock, log: silentLog })
  assert.equal(fitness.flaw(), `no folder can be made in ${gone} (ENOENT)`)
  mkdirSync(gone)
  await clock.advance(lookMs)
  assert.equal(fitness.flaw(), undefined)
  fitness.close()
})

test('too few descriptors make the host unfit', () => {
  const script = join(folder, 'few.ts')
  writeFileSync(
    script,
    `
import { closeSync, openSync } from 'node:fs'
import { createFitness } from '${join(import.meta.dirname, 'fitness.ts')}'
import { systemClock } from '${join(import.meta.dirname, '../../runtime/clock.ts')}'
import { silentLog } from '${join(import.meta.dirname, '../../runtime/log.ts')}'
const fitness = createFitness('${folder}/calls', { clock: systemClock, log: silentLog })
const opened: number[] = []
try {
  for (;;) opened.push(openSync('/dev/null', 'r'))
} catch {}
for (const fd of opened.splice(0, 8)) closeSync(fd)
fitness.look()
console.log(fitness.flaw())
for (const fd of opened) closeSync(fd)
fitness.look()
console.log(fitness.flaw())
process.exit()
`,
  )
  const { stdout, stderr } = spawnSync('/bin/sh', ['-c', `ulimit -n 256; exec '${process.execPath}' '${script}'`], {
    encoding: 'utf8',
  })
  assert.equal(stdout, 'too few file descriptors are left (EMFILE)\nundefined\n', stderr)
})

const tool = (name: string, risk: string) =>
  `  - { name: ${name}, description: d, risk: ${risk}, input_schema: { type: object }, command: ['true'] }\n`
const bundle = `name: test\nversion: '1'\ndomain: test\ntools:\n${tool('look', 'read')}${tool('change', 'write')}`

test('a call that the host could not start is handed back, and may start elsewhere', async () => {
  let looks = 0
  const bench = createBench(bundle, {
    folders: createCallFolders('/proc/no-such-folder/calls', undefined),
    fitness: { flaw: () => undefined, look: () => void looks++ },
  })
  for (const name of ['look', 'change']) {
    const frame = bench.frame(name, {})
    bench.executions.dispatch([frame])
    const { code, retry } = await bench.until('refused', frame.execution_id)
    assert.deepEqual([code, retry], ['tool_executor_unavailable', true])
    assert.ok(!bench.outbox.has(frame), 'its journal knows nothing of it')
  }
  await bench.executions.idle()
  assert.deepEqual([looks, bench.frames.filter(({ t }) => t !== 'refused')], [2, []])
  await bench.close()
})

test('an unfit host takes no call', async () => {
  const bench = createBench(bundle, { fitness: { flaw: () => 'the disk is gone', look() {} } })
  const frame = bench.frame('look', {})
  bench.executions.dispatch([frame])
  const refused = await bench.until('refused', frame.execution_id)
  assert.deepEqual([refused.message, refused.retry], ['The host of the agent is unfit: the disk is gone.', true])
  await bench.close()
})
