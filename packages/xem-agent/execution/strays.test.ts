import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { after, test } from 'node:test'
import { attemptVariable, executionVariable, journalVariable } from './leftovers.ts'
import { createStrays } from './strays.ts'

const skip = process.platform !== 'linux' && 'only Linux shows the environment of a process'
const [journal, call] = [randomUUID(), randomUUID()]
const children: ChildProcess[] = []
after(() => {
  for (const child of children) child.kill('SIGKILL')
})

async function marked(journalId: string, executionId: string, attempt: number): Promise<ChildProcess> {
  const env = {
    PATH: '/usr/bin:/bin',
    [journalVariable]: journalId,
    [executionVariable]: executionId,
    [attemptVariable]: String(attempt),
  }
  const child = spawn('sleep', ['600'], { env, stdio: 'ignore', detached: true })
  children.push(child)
  await once(child, 'spawn')
  return child
}

test('the programs of an attempt end, and those of other attempts, calls and agents go on', { skip }, async () => {
  const own = await Promise.all([marked(journal, call, 1), marked(journal, call, 1)])
  const others = await Promise.all([
    marked(journal, call, 2),
    marked(journal, randomUUID(), 1),
    marked(randomUUID(), call, 1),
  ])
  const exits = Promise.all(own.map((child) => once(child, 'exit')))
  const strays = createStrays(journal, undefined)
  assert.equal(await strays.end({ execution_id: call, attempt: 1 }), 2)
  await exits
  assert.equal(await strays.end({ execution_id: call, attempt: 1 }), 0)
  for (const other of others) assert.deepEqual([other.exitCode, other.signalCode], [null, null])
})

test('calls that end together are told each of its own', { skip }, async () => {
  const [one, other] = [randomUUID(), randomUUID()]
  await Promise.all([marked(journal, one, 1), marked(journal, other, 1), marked(journal, other, 1)])
  const strays = createStrays(journal, undefined)
  const ends = [one, other, randomUUID(), other].map((execution_id) => strays.end({ execution_id, attempt: 1 }))
  assert.deepEqual(await Promise.all(ends), [1, 2, 0, 2])
})
