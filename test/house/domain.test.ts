// The router's domain keeps itself in order: docs/ARCHITECTURE.md as tests.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { insideDomain } from './directions.ts'
import { imports } from './imports.ts'
import { isTest } from './sources.ts'

const none = (found: unknown[], law: string) => assert.deepEqual(found, [], law)
const folderOf = (path: string) => /^packages\/router\/domain\/([^/]+)\//.exec(path)?.[1]

test('a folder of the domain imports only those that it stands on, types too', () => {
  const wrong = imports.filter(({ from, to }) => {
    const [importer, imported] = [folderOf(from), folderOf(to)]
    if (!importer || !imported || importer === imported || isTest(from)) return false
    return !insideDomain[importer]?.includes(imported)
  })
  none(
    wrong.map(({ from, to }) => `${from} → ${to}`),
    'see test/house/directions.ts',
  )
})

test('no folder of the domain stands on one that is listed after it', () => {
  const order = Object.keys(insideDomain)
  const upwards = Object.entries(insideDomain).flatMap(([folder, below]) =>
    below.filter((one) => !order.slice(0, order.indexOf(folder)).includes(one)).map((one) => `${folder} → ${one}`),
  )
  none(upwards, 'arrows go one way')
})
