import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { toolOf } from '@xerotier/devkit/bare-agent.ts'
import { type RouterForTests, startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import { servingAgent } from '@xerotier/devkit/serving-agent.ts'

let system: RouterForTests
let client: RouterForTests['client']
before(async () => {
  system = await startRouterForTests()
  client = system.client
  for (const name of ['one', 'two']) (await servingAgent(client, name, 'shared', [toolOf('work')])).agent.close()
})
after(() => system.stop())

const pause = (id: string) => client.call('agents.pause', { params: { id }, body: { incident: 'INC-1' } })
const resume = (id: string) => client.call('agents.resume', { params: { id }, body: {} })

/** Kinds of the events of the stream, up to so many. */
async function kindsOf(id: string, count: number, lastEventId?: string): Promise<{ kinds: string[]; last: string }> {
  const stop = new AbortController()
  const kinds: string[] = []
  let last = ''
  const options = { signal: stop.signal, ...(lastEventId === undefined ? {} : { lastEventId }) }
  for await (const { event, data, id: at } of client.events('agents.eventStream', { params: { id } }, options)) {
    if (event === 'x_exec.connection.connected' && lastEventId === undefined) {
      await pause('two')
      await pause(id)
      await resume(id)
      await resume('two')
    }
    if (event !== 'x_exec.agent.event') continue
    kinds.push(JSON.parse(data).kind)
    last = at ?? ''
    if (kinds.length === count) stop.abort()
  }
  return { kinds, last }
}

test('the events of one agent come as they happen, those of others do not, and a reader resumes', async () => {
  const { kinds, last } = await kindsOf('one', 1)
  assert.deepEqual(kinds, ['agent.paused'])
  assert.deepEqual((await kindsOf('one', 1, last)).kinds, ['agent.resumed'])
})

test('the stream goes on behind the newest of the list, and has the same form', async () => {
  const { data } = await client.call('agents.events', { params: { id: 'one' } })
  const [newest, before] = data
  assert.ok(newest !== undefined && before !== undefined)
  const stop = new AbortController()
  const options = { signal: stop.signal, lastEventId: before.id }
  for await (const { event, data } of client.events('agents.eventStream', { params: { id: 'one' } }, options)) {
    if (event !== 'x_exec.agent.event') continue
    assert.deepEqual(JSON.parse(data), newest)
    stop.abort()
  }
})

test('a stream of nobody, and one behind what is no place, are refused', async () => {
  const first = async (id: string, lastEventId?: string) => {
    const options = lastEventId === undefined ? {} : { lastEventId }
    for await (const _ of client.events('agents.eventStream', { params: { id } }, options)) return
  }
  await assert.rejects(first('nobody'), { code: 'agent_not_found' })
  await assert.rejects(first('one', 'yesterday'), { code: 'invalid_request' })
})
