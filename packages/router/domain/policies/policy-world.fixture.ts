// A workspace with a policy, people in groups, and an agent, for tests of both.
import assert from 'node:assert/strict'
import { toolOf } from '@xerotier/devkit/bare-agent.ts'
import { type PersonForTests, personForTests } from '@xerotier/devkit/person-for-tests.ts'
import { type RouterForTests, startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import { servingAgent } from '@xerotier/devkit/serving-agent.ts'
import { settableClock } from '@xerotier/devkit/settable-clock.ts'
import type { PolicyInput } from '@xerotier/protocol/policy.ts'
import { newId } from '../ids.ts'

type Client = RouterForTests['client']

const tools = [
  toolOf('stop', { risk: 'destructive' }),
  toolOf('erase', { risk: 'irreversible' }),
  toolOf('look'),
  toolOf('label', { risk: 'write', idempotent: true }),
]

export const sre = { groups: ['sre'] }
export const dba = { groups: ['dba'] }

/** `olga` and `oleg` are owners; `sam` and `sue` are in `sre`, `sue` and `dan` in `dba`. */
export async function policyWorld() {
  const clock = settableClock(Date.parse('2026-11-30T12:00:00Z'))
  const system = await startRouterForTests({ clock })
  const { client } = system
  const { db } = system.router.core.store
  const serving = await servingAgent(client, 'host-1', 'prod', tools)
  const people = new Map<string, PersonForTests & { client: Client }>()
  for (const name of ['olga', 'oleg', 'sam', 'sue', 'dan', 'mia']) {
    const role = name.startsWith('o') ? ('owner' as const) : ('member' as const)
    const scopes = ['execution' as const, 'management' as const]
    const one = await personForTests(system.router.core, system.projectId, name, { role, scopes })
    people.set(name, { ...one, client: system.clientWith(one.key) })
  }
  const as = (name: string): Client => people.get(name)?.client ?? assert.fail(`nobody is called ${name}`)
  const idOf = (name: string): string => people.get(name)?.id ?? assert.fail(`nobody is called ${name}`)

  async function group(name: string, members: string[]): Promise<void> {
    const now = new Date(clock.now())
    const id = newId('grp', clock.now())
    const of = { project_id: system.projectId }
    await db
      .insertInto('groups')
      .values({ id, ...of, name, created_by: 'router', created_at: now })
      .execute()
    for (const member of members) {
      const row = { group_id: id, ...of, user_id: idOf(member), added_by: 'router', added_at: now }
      await db.insertInto('group_members').values(row).execute()
    }
  }
  await group('sre', ['sam', 'sue'])
  await group('dba', ['sue', 'dan'])

  return {
    clock,
    system,
    client,
    serving,
    db,
    as,
    idOf,
    group,
    apply(document: PolicyInput, more: { draft?: boolean; dry_run?: boolean; ifMatch?: number } = {}) {
      const { ifMatch, ...body } = more
      return client.call('policies.apply', {
        params: { policy: 'prod' },
        body: { workspace: 'prod', document, ...body },
        ifMatch,
      })
    },
    async submit(tool = 'stop', args: Record<string, unknown> = { a: 1 }, by = client) {
      const call = await by.call('invocations.submit', { body: { workspace: 'prod', tool, args } })
      return { id: call.id, approvalId: call.approval_id ?? '' }
    },
    show: (id: string) => client.call('approvals.show', { params: { id } }),
    state: async (id: string) => (await client.call('executions.show', { params: { id } })).state,
    approve: (by: string | Client, id: string, body = {}) =>
      (typeof by === 'string' ? as(by) : by).call('approvals.approve', { params: { id }, body }),
    reject: (by: string, id: string, body = {}) => as(by).call('approvals.reject', { params: { id }, body }),
    finish: async () => serving.answer(await serving.agent.next('dispatch')),
    async eventsOf(approvalId: string) {
      const events = db.selectFrom('events').select(['kind', 'data']).where('approval_id', '=', approvalId)
      const rows = await events.orderBy('seq').execute()
      return rows.filter(({ kind }) => kind.startsWith('approval.'))
    },
    async stop() {
      serving.agent.close()
      await system.stop()
    },
  }
}
