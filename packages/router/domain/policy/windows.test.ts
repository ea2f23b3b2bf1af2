import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileTimes } from './windows.ts'

const hour = 3600
const at = (text: string) => Date.parse(text)
const iso = (time: number | undefined) => (time === undefined ? undefined : new Date(time).toISOString())

test('a window holds its beginning and not its end', () => {
  const night = compileTimes([{ cron: '0 22 * * *', seconds: 2 * hour }], 'UTC')
  assert.equal(night.includes(at('2026-11-30T21:59:59.999Z')), false)
  assert.equal(night.includes(at('2026-11-30T22:00:00.000Z')), true)
  assert.equal(night.includes(at('2026-11-30T23:59:59.999Z')), true)
  assert.equal(night.includes(at('2026-12-01T00:00:00.000Z')), false)
  assert.equal(iso(night.nextAfter(at('2026-11-30T22:00:00.000Z'))), '2026-12-01T22:00:00.000Z')
  assert.equal(iso(night.endOf(at('2026-11-30T23:00:00.000Z'))), '2026-12-01T00:00:00.000Z')
})

test('a window in which the clocks change lasts as long as it says', () => {
  const early = compileTimes([{ cron: '0 1 * * *', seconds: 4 * hour }], 'Europe/Berlin')
  // On 29 March 2026 02:00 is followed by 03:00: four hours from 01:00 end at 06:00 there.
  assert.equal(iso(early.endOf(at('2026-03-29T00:30:00Z'))), '2026-03-29T04:00:00.000Z')
  assert.equal(early.includes(at('2026-03-29T03:59:59Z')), true)
  assert.equal(early.includes(at('2026-03-29T04:00:00Z')), false)
  // On 25 October 2026 03:00 is followed by 02:00: they end at 04:00 there.
  assert.equal(iso(early.endOf(at('2026-10-25T00:30:00Z'))), '2026-10-25T03:00:00.000Z')
})

test('a beginning that the clocks leave out comes after the gap, and one that they repeat comes once', () => {
  const times = compileTimes([{ cron: '30 2 * * *', seconds: 600 }], 'Europe/Berlin')
  assert.equal(iso(times.nextAfter(at('2026-03-29T00:00:00Z'))), '2026-03-29T01:00:00.000Z')
  assert.equal(times.includes(at('2026-10-25T00:35:00Z')), true)
  assert.equal(times.includes(at('2026-10-25T01:35:00Z')), false)
  assert.equal(iso(times.nextAfter(at('2026-10-25T00:30:00Z'))), '2026-10-26T01:30:00.000Z')
})

test('times from and until are those of the zone that is named', () => {
  const times = [{ from: '2026-12-24T18:00', until: '2026-12-27T06:00' }]
  const berlin = compileTimes(times, 'Europe/Berlin')
  assert.equal(berlin.includes(at('2026-12-24T16:59:59Z')), false)
  assert.equal(berlin.includes(at('2026-12-24T17:00:00Z')), true)
  assert.equal(iso(berlin.endOf(at('2026-12-25T00:00:00Z'))), '2026-12-27T05:00:00.000Z')
  assert.equal(berlin.nextAfter(at('2026-12-25T00:00:00Z')), undefined)
  assert.equal(compileTimes(times, 'America/New_York').includes(at('2026-12-24T17:00:00Z')), false)
})

test('times from and until over a change of the clocks are those that the clocks there show', () => {
  // On 29 March 2026 02:00 is followed by 03:00, on 25 October 03:00 by 02:00.
  const [spring, autumn] = ['2026-03-29', '2026-10-25'].map((day) =>
    compileTimes([{ from: `${day}T01:30`, until: `${day}T04:00` }], 'Europe/Berlin'),
  )
  assert.equal(spring?.includes(at('2026-03-29T00:29:59Z')), false)
  assert.equal(spring?.includes(at('2026-03-29T00:30:00Z')), true)
  assert.equal(spring?.includes(at('2026-03-29T01:59:59Z')), true)
  assert.equal(iso(spring?.endOf(at('2026-03-29T01:00:00Z'))), '2026-03-29T02:00:00.000Z')
  assert.equal(autumn?.includes(at('2026-10-24T23:30:00Z')), true)
  assert.equal(autumn?.includes(at('2026-10-25T02:59:59Z')), true)
  assert.equal(iso(autumn?.endOf(at('2026-10-25T01:00:00Z'))), '2026-10-25T03:00:00.000Z')
})

test('a time that the clocks leave out is as long after the gap, and of one that they repeat the first is meant', () => {
  const gap = compileTimes([{ from: '2026-03-29T02:30', until: '2026-03-29T12:00' }], 'Europe/Berlin')
  assert.equal(iso(gap.nextAfter(at('2026-03-29T00:00:00Z'))), '2026-03-29T01:30:00.000Z')
  const closing = compileTimes([{ from: '2026-10-25T00:00', until: '2026-10-25T02:30' }], 'Europe/Berlin')
  const opening = compileTimes([{ from: '2026-10-25T02:30', until: '2026-10-25T12:00' }], 'Europe/Berlin')
  assert.equal(iso(closing.endOf(at('2026-10-24T23:00:00Z'))), '2026-10-25T00:30:00.000Z')
  assert.equal(iso(opening.nextAfter(at('2026-10-24T23:00:00Z'))), '2026-10-25T00:30:00.000Z')
})

test('windows that overlap end with the last of them', () => {
  const times = compileTimes(
    [
      { cron: '0 10 * * *', seconds: 2 * hour },
      { cron: '0 11 * * *', seconds: 3 * hour },
    ],
    'UTC',
  )
  assert.equal(iso(times.endOf(at('2026-11-30T10:30:00Z'))), '2026-11-30T14:00:00.000Z')
})

test('what is no window is refused with what is wrong', () => {
  const wrong: [Parameters<typeof compileTimes>, RegExp][] = [
    [[[{ cron: '0 22 * * *', seconds: 60 }], 'Europe/Berlim'], /time zone Europe\/Berlim is not known/],
    [[[{ cron: '0 25 * * *', seconds: 60 }], 'UTC'], /25/],
    [[[{ cron: '0 0 22 * * *', seconds: 60 }], 'UTC'], /five parts/],
    [[[{ cron: '@daily', seconds: 60 }], 'UTC'], /five parts/],
    [[[{ from: '2026-12-24T18:00', until: '2026-12-24T18:00' }], 'UTC'], /not after/],
    [[[{ from: '2026-13-24T18:00', until: '2026-12-24T18:00' }], 'UTC'], /\w/],
  ]
  for (const [input, message] of wrong) assert.throws(() => compileTimes(...input), { message })
})
