// What tests of people do over and over: as the first owner unless told otherwise.
import assert from 'node:assert/strict'
import { type Answer, type ApiForTests, startApiForTests } from '../api.fixture.ts'

export interface PeopleForTests {
  router: ApiForTests
  /** The id of the first owner. */
  olga: string
  ask(method: string, path: string, body?: unknown, key?: string): Promise<Answer>
  /** @returns the body, when the status is the one that is expected */
  told(method: string, path: string, body?: unknown, key?: string): Promise<Answer['body']>
  /** Asks for what must be refused with this code, and answers the rest of the error. */
  refused(code: string, method: string, path: string, body?: unknown, key?: string): Promise<Answer['body']['error']>
  /** Kinds of the events that a project has of what is no call, newest last. */
  kinds(): Promise<string[]>
}

/** Stop its router in the file's `after`. */
export async function startPeopleForTests(): Promise<PeopleForTests> {
  const router = await startApiForTests()
  const ask: PeopleForTests['ask'] = (method, path, body, key) =>
    router.call(method, `/acme/v1/${path}`, {
      ...(body === undefined ? {} : { body }),
      ...(key === undefined ? {} : { key }),
    })
  const told: PeopleForTests['told'] = async (...request) => {
    const { status, body } = await ask(...request)
    assert.ok(status < 300, JSON.stringify(body))
    return body
  }
  return {
    router,
    olga: (await told('GET', 'whoami')).person.id,
    ask,
    told,
    async refused(code, ...request) {
      const { body } = await ask(...request)
      assert.equal(body.error?.code, code, JSON.stringify(body))
      return body.error
    },
    async kinds() {
      const rows = await router.core.store.db
        .selectFrom('events')
        .select('kind')
        .where('project_id', '=', router.projectId)
        .orderBy('xid')
        .orderBy('seq')
        .execute()
      return rows.map(({ kind }) => kind)
    },
  }
}
