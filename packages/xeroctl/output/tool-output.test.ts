import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toolOutput } from './tool-output.ts'

/** What arrives at a stream when these pieces are written. */
async function arrived(isTTY: boolean, pieces: readonly Uint8Array[]): Promise<Buffer> {
  const chunks: Buffer[] = []
  const write = (chunk: string | Uint8Array) => chunks.push(Buffer.from(chunk as string)) > 0
  const output = toolOutput({ isTTY, write, once() {} })
  for (const piece of pieces) await output.write(piece)
  await output.end()
  return Buffer.concat(chunks)
}

const steering = '\u001b]0;owned\u0007\u001b[2J\u001b[31mred\u009b1m\u202e\u0000\b\u007f'

test('what a tool writes cannot steer the terminal', async () => {
  const shown = (await arrived(true, [Buffer.from(`a\tb\n${steering}`)])).toString()
  assert.equal(shown, 'a\tb\n\uFFFD]0;owned\uFFFD\uFFFD[2J\uFFFD[31mred\uFFFD1m\uFFFD\uFFFD\uFFFD\uFFFD')
})

test('on a terminal characters and line ends stay whole wherever the pieces end', async () => {
  const bytes = Buffer.from('\uFEFF日本 é\r\nover\rwritten\r\n')
  const whole = '\uFEFF日本 é\nover\uFFFDwritten\n'
  assert.equal((await arrived(true, [bytes])).toString(), whole)
  const single = Array.from(bytes, (byte) => Uint8Array.of(byte))
  assert.equal((await arrived(true, single)).toString(), whole)
  const halves = [Buffer.from('\r'), bytes.subarray(3, 4)]
  assert.equal((await arrived(true, [halves[0]!])).toString(), '\uFFFD')
  assert.equal((await arrived(true, [halves[1]!])).toString(), '\uFFFD')
})

test('a script gets every byte', async () => {
  const pieces = [Buffer.from(steering), Buffer.from([0xe6, 0x97]), Buffer.from([0xff, 13])]
  assert.deepEqual(await arrived(false, pieces), Buffer.concat(pieces))
})
