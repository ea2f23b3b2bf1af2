// The router's domain keeps itself in order: ADR 0013 and 0014 as tests.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { insideFolders } from './directions.ts'
import { isTest, scripts } from './sources.ts'

const none = (found: unknown[], law: string) => assert.deepEqual(found, [], law)

const router = scripts.filter(({ path }) => path.startsWith('packages/router/') && !isTest(path))
const changes = 'insertInto|updateTable|deleteFrom'

/** Files of the router that have something and may not. */
function found(what: RegExp, except: (path: string) => boolean): string[] {
  return router.filter(({ path, text }) => what.test(text) && !except(path)).map(({ path }) => path)
}

test('no part of a folder stands on one that is listed after it', () => {
  const upwards = Object.values(insideFolders).flatMap((parts) => {
    const order = Object.keys(parts)
    return Object.entries(parts).flatMap(([part, below]) =>
      below.filter((one) => !order.slice(0, order.indexOf(part)).includes(one)).map((one) => `${part} → ${one}`),
    )
  })
  none(upwards, 'arrows go one way')
})

test('there is one way to change the record besides the commit lanes', () => {
  const isWriter = (path: string) => path === 'packages/router/domain/events/write.ts'
  none(found(/\.transaction\(\)/, isWriter), 'use write()')
  none(found(new RegExp(`\\bdb\\s*\\.(${changes})\\(`), isWriter), 'a change belongs into a transaction: use write()')
  none(found(/insertInto\('events'\)/, isWriter), 'append() to the writing')
})

test('a state is changed in domain/lifecycles and nowhere else', () => {
  const changed =
    /updateTable\('(?:executions|approvals|agents|join_keys|invitations|deliveries)'\)\s*\.set\((?:(?!\.where\()[\s\S])*?\bstate\b/
  none(
    found(changed, (path) => path.startsWith('packages/router/domain/lifecycles/')),
    'use the move of its lifecycle',
  )
})

test('reads are in the store, and changes in the domain', () => {
  const inStore = (path: string) => path.startsWith('packages/router/store/')
  none(found(/\b(?:db|tx)\s*\.select(?:No)?From\(/, inStore), 'a read is a named function of store/<noun>.ts')
  none(
    found(new RegExp(`\\.(?:${changes})\\(`), (path) => path.startsWith('packages/router/domain/')),
    'a change stands in the verb that makes it',
  )
})
