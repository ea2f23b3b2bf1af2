import assert from 'node:assert/strict'
import { test } from 'node:test'
import { agentLifecycle, agentStates, leasedAgentStates } from './agent.ts'
import { approvalLifecycle, approvalStates } from './approval.ts'
import { candidateLifecycle, candidateStates } from './candidate.ts'
import { deliveryLifecycle, deliveryStates } from './delivery.ts'
import {
  answerableExecutionStates,
  executionLifecycle,
  executionStates,
  inFlightExecutionStates,
  settledExecutionStates,
  waitingExecutionStates,
} from './execution.ts'
import { exportLifecycle, exportStates } from './export.ts'
import { grantKeyLifecycle, grantKeyStates } from './grant-key.ts'
import { invitationLifecycle, invitationStates } from './invitation.ts'
import { joinKeyLifecycle, joinKeyStates } from './join-key.ts'
import { canMove, isFinal, type Lifecycle, sourcesOf, statesOf } from './lifecycle.ts'
import { pauseLifecycle, pauseStates } from './pause.ts'
import { rotationLifecycle, rotationStates } from './rotation.ts'
import { routerKeyLifecycle, routerKeyStates } from './router-key.ts'

const all: [lifecycle: Lifecycle<string>, states: readonly string[]][] = [
  [agentLifecycle as Lifecycle<string>, agentStates],
  [approvalLifecycle as Lifecycle<string>, approvalStates],
  [executionLifecycle as Lifecycle<string>, executionStates],
  [joinKeyLifecycle as Lifecycle<string>, joinKeyStates],
  [invitationLifecycle as Lifecycle<string>, invitationStates],
  [deliveryLifecycle as Lifecycle<string>, deliveryStates],
  [pauseLifecycle as Lifecycle<string>, pauseStates],
  [exportLifecycle as Lifecycle<string>, exportStates],
  [candidateLifecycle as Lifecycle<string>, candidateStates],
  [rotationLifecycle as Lifecycle<string>, rotationStates],
  [routerKeyLifecycle as Lifecycle<string>, routerKeyStates],
  [grantKeyLifecycle as Lifecycle<string>, grantKeyStates],
]

for (const [lifecycle, states] of all) {
  test(`${lifecycle.name}: the table and the API enum name the same states`, () => {
    assert.deepEqual(statesOf(lifecycle).toSorted(), [...states].toSorted())
    for (const targets of Object.values(lifecycle.moves)) {
      for (const target of targets) assert.ok(states.includes(target), target)
      assert.equal(new Set(targets).size, targets.length, 'a move is listed once')
    }
  })

  test(`${lifecycle.name}: every state can be reached, and none moves to itself`, () => {
    const reached = new Set<string>(lifecycle.initial)
    for (const state of reached) for (const target of lifecycle.moves[state]!) reached.add(target)
    assert.deepEqual([...reached].toSorted(), [...states].toSorted())
    for (const state of states) assert.equal(canMove(lifecycle, state, state), false, state)
  })

  test(`${lifecycle.name}: sources and moves are the same table read both ways`, () => {
    for (const from of states) {
      for (const to of states) assert.equal(sourcesOf(lifecycle, to).includes(from), canMove(lifecycle, from, to))
    }
  })
}

test('nothing leaves a final execution', () => {
  for (const state of ['completed', 'failed', 'timeout', 'cancelled', 'rejected', 'expired'] as const) {
    assert.ok(isFinal(executionLifecycle, state), state)
  }
})

test('a call that waits for approval reaches an agent only by being approved', () => {
  assert.deepEqual(
    executionLifecycle.moves.pending_approval.filter((state) => state === 'running' || state === 'completed'),
    [],
  )
})

test('what was approved waits for approval again only while no agent has it', () => {
  assert.deepEqual(sourcesOf(executionLifecycle, 'pending_approval'), ['queued'])
})

test('an ambiguous call never runs again', () => {
  for (const state of ['queued', 'dispatched', 'running'] as const) {
    assert.equal(canMove(executionLifecycle, 'ambiguous', state), false, state)
  }
})

test('what waits, is in flight, can be answered and is settled derives from the moves', () => {
  assert.deepEqual(waitingExecutionStates, ['pending_approval', 'queued'])
  assert.deepEqual(inFlightExecutionStates, ['dispatched', 'running'])
  assert.deepEqual(answerableExecutionStates, ['dispatched', 'running', 'ambiguous'])
  assert.deepEqual(leasedAgentStates, ['active', 'draining'])
  const settled = ['completed', 'failed', 'timeout', 'cancelled', 'rejected', 'expired', 'ambiguous']
  assert.deepEqual(settledExecutionStates, settled)
  const stages = [...waitingExecutionStates, ...inFlightExecutionStates, ...settledExecutionStates]
  assert.deepEqual(stages.toSorted(), executionStates.toSorted(), 'each state is one of the three')
})

test('a decision is taken once: no decided approval becomes approved or rejected', () => {
  assert.deepEqual(sourcesOf(approvalLifecycle, 'approved'), ['pending'])
  assert.deepEqual(sourcesOf(approvalLifecycle, 'rejected'), ['pending'])
})

test('a join key is consumed once', () => {
  assert.deepEqual(sourcesOf(joinKeyLifecycle, 'consumed'), ['unused'])
  for (const state of ['consumed', 'revoked', 'expired'] as const) assert.ok(isFinal(joinKeyLifecycle, state))
})
