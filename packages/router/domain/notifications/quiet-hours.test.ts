import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isQuiet } from './quiet-hours.ts'

const at = (iso: string) => Date.parse(iso)

test('quiet hours are those of the place, over midnight and over a change of its clocks', () => {
  const night = { from: '22:00', to: '07:00', time_zone: 'Europe/Berlin' }
  const cases: [iso: string, quiet: boolean][] = [
    ['2026-01-10T20:59:00Z', false],
    ['2026-01-10T21:00:00Z', true],
    ['2026-01-11T05:59:00Z', true],
    ['2026-01-11T06:00:00Z', false],
    // In summer the same wall time is an hour earlier.
    ['2026-07-10T20:00:00Z', true],
    ['2026-07-11T05:00:00Z', false],
    // The night in which clocks go forward is over an hour earlier.
    ['2026-03-29T04:59:00Z', true],
    ['2026-03-29T05:00:00Z', false],
  ]
  for (const [iso, quiet] of cases) assert.equal(isQuiet(night, at(iso)), quiet, iso)
})

test('hours within a day, and none at all', () => {
  const noon = { from: '12:00', to: '13:00', time_zone: 'UTC' }
  assert.equal(isQuiet(noon, at('2026-01-10T12:30:00Z')), true)
  assert.equal(isQuiet(noon, at('2026-01-10T13:00:00Z')), false)
  assert.equal(isQuiet({ ...noon, to: '12:00' }, at('2026-01-10T12:00:00Z')), false)
  assert.equal(isQuiet(null, at('2026-01-10T12:00:00Z')), false)
})
