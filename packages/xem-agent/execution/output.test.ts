import assert from 'node:assert/strict'
import { test } from 'node:test'
import { settableClock } from '@xerotier/devkit/settable-clock.ts'
import type { ArtifactFrame } from '@xerotier/protocol/frames/call/artifact.ts'
import type { OutputFrame } from '@xerotier/protocol/frames/call/output.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { createArtifactNames } from './artifact-names.ts'
import { createOutput } from './output.ts'

function outputOfACall() {
  const frames: (OutputFrame | ArtifactFrame)[] = []
  const clock = settableClock()
  const call = { execution_id: '00000000-0000-4000-8000-000000000001', attempt: 1, lease_epoch: 1 }
  const output = createOutput({ call, clock, send: (frame) => void frames.push(frame), unacknowledgedBytes: () => 0 })
  const text = (stream: 'stdout' | 'stderr') =>
    Buffer.concat(
      frames.flatMap((frame) => {
        const of = frame.t === 'output' ? frame.stream : frame.name.replace('.log', '')
        return of === stream ? [frame.data] : []
      }),
    ).toString()
  /** As the router counts it. */
  const spent = () => frames.reduce((sum, { data }) => sum + Math.max(data.length, limits.outputPieceLeastBytes), 0)
  return { frames, clock, output, text, spent }
}

test('of an output beyond the limit the head and the tail are kept, and what is left out is said between them', () => {
  const { output, text, spent } = outputOfACall()
  const line = (n: number) => `${`line ${n} `.padEnd(98, 'é')}\n`
  const lines = Array.from({ length: 150_000 }, (_, n) => line(n))
  for (const one of lines) output.write('stdout', Buffer.from(one))
  output.write('stderr', Buffer.from('why it failed\n'))
  const end = output.end()
  assert.equal(end.truncated, true)
  assert.equal(end.stdout_bytes, Buffer.byteLength(lines.join('')))
  const kept = text('stdout')
  assert.ok(kept.startsWith(lines.slice(0, 1000).join('')))
  assert.ok(kept.endsWith(lines.slice(-4000).join('')))
  const [, gone] = /\n\[(\d+) bytes of stdout are left out here\]\n/.exec(kept) ?? []
  const marker = `\n[${gone} bytes of stdout are left out here]\n`
  assert.equal(Buffer.byteLength(kept) - marker.length + Number(gone), end.stdout_bytes)
  assert.ok(!kept.includes('\ufffd'), 'characters are whole')
  assert.equal(text('stderr'), 'why it failed\n')
  assert.ok(spent() <= limits.outputTotalBytes && spent() > limits.outputTotalBytes - 700_000)
})

test('an output that just fits is whole, and is not marked', () => {
  const { output, text } = outputOfACall()
  const all = 'x'.repeat(limits.outputTotalBytes - 512 * 1024)
  output.write('stdout', Buffer.from(all))
  assert.equal(output.end().truncated, false)
  assert.ok(text('stdout') === all)
})

test('a line a second all day is kept', async () => {
  const { output, clock, spent, text } = outputOfACall()
  for (let second = 0; second < 24 * 3600; second++) {
    output.write('stdout', Buffer.from(`${second}\n`))
    await clock.advance(1000)
  }
  assert.equal(output.end().truncated, false)
  assert.ok(text('stdout').endsWith('\n86399\n'))
  assert.ok(spent() < limits.outputTotalBytes)
})

test('an artifact is kept whole or not at all', () => {
  const { output, frames } = outputOfACall()
  const data = Buffer.alloc(200_000, 1)
  assert.equal(output.artifact({ name: 'a.png', mediaType: 'image/png', data }), 'a.png')
  assert.equal(output.artifact({ name: 'a.png', mediaType: 'image/png', data: Buffer.alloc(16_000_000) }), undefined)
  assert.deepEqual(
    frames.map((frame) => (frame.t === 'artifact' ? [frame.name, frame.media_type, frame.data.length] : [])),
    [65_536, 65_536, 65_536, 3392].map((bytes) => ['a.png', 'image/png', bytes]),
  )
  assert.equal(output.end().truncated, true)
})

test('names of artifacts are plain, and each is used once', () => {
  const { unused } = createArtifactNames()
  const wanted = [
    'a.png',
    'a.png',
    'a.png',
    '../../etc/passwd',
    '',
    '...',
    'stdout.log',
    'é',
    'a-2.png',
    `${'x'.repeat(99)}.json`,
  ]
  assert.deepEqual(wanted.map(unused), [
    'a.png',
    'a-2.png',
    'a-3.png',
    'etc-passwd',
    'artifact',
    'artifact-2',
    'stdout-2.log',
    'artifact-3',
    'a-2-2.png',
    `${'x'.repeat(59)}.json`,
  ])
})
