import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '@xerotier/devkit/faults/until.ts'
import { startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import type { LoggedEvent } from './domain/events/event-log.ts'

test('a follower of a router hears of what happens, across a restart, and its lag is a metric', async (t) => {
  const kinds: string[] = []
  let heard = Promise.withResolvers<void>()
  let handled = Promise.withResolvers<void>()
  const react = async (events: LoggedEvent[]) => {
    kinds.push(...events.map(({ kind }) => kind))
    heard.resolve()
    await handled.promise
  }
  const running = await startRouterForTests({ followers: [{ name: 'test', from: 'present', react }] })
  t.after(() => {
    handled.resolve()
    return running.stop()
  })
  const metric = async (name: string) => {
    const text = await (await fetch(`${running.router.url}/metrics`)).text()
    return new RegExp(`^xerotier_router_follower_${name}\\{follower="test"\\} (.*)$`, 'm').exec(text)?.[1]
  }
  const upToDate = () => until('the follower', async () => (await metric('events_behind')) === '0' || undefined)
  await upToDate()
  await running.client.call('workspaces.create', { body: { name: 'edge' } })
  await heard.promise
  assert.equal(await metric('events_behind'), '1')
  assert.match((await metric('seconds_behind')) ?? '', /^\d+(\.\d+)?$/)
  handled.resolve()
  await upToDate()
  assert.equal(await metric('seconds_behind'), '0')

  ;[heard, handled] = [Promise.withResolvers(), Promise.withResolvers()]
  await running.restart()
  await running.client.call('workspaces.create', { body: { name: 'core' } })
  await heard.promise
  assert.deepEqual(kinds, ['workspace.created', 'workspace.created'])
})
