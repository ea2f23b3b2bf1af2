// What an MCP server answers is kept, however it is made, and what is wrong with it is said beside
// it.

import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { threadMs } from '@xerotier/devkit/thread-time.ts'
import { createBench } from '../execution/fixtures/recording-link.ts'
import { loadCatalogue } from './catalogue.ts'
import { catalogueOptions } from './fixtures/catalogue-options.ts'
import type { Script } from './fixtures/raw-mcp-server.ts'

const folder = mkdtempSync(join(tmpdir(), 'xem-mcp-'))
after(() => rmSync(folder, { recursive: true }))

const inputSchema = { type: 'object' }
let scripts = 0

/** Calls one tool of a server that answers so. */
async function answerOf(answer: NonNullable<Script['answers']>[string], tool: Record<string, unknown> = {}) {
  const dir = join(folder, `${++scripts}`)
  mkdirSync(join(dir, 'raw'), { recursive: true })
  const script: Script = { pages: [[{ name: 'do', inputSchema, ...tool }]], answers: { do: answer } }
  writeFileSync(join(dir, 'script.json'), JSON.stringify(script))
  const server = join(import.meta.dirname, 'fixtures/raw-mcp-server.ts')
  const mcp = `{ command: '${process.execPath}', args: ['${server}', '${dir}/script.json'], risks: { do: write } }`
  writeFileSync(join(dir, 'raw', 'bundle.yaml'), `name: raw\nversion: '1'\ndomain: test\nmcp: ${mcp}\n`)
  const catalogue = await loadCatalogue(catalogueOptions(dir))
  const bench = createBench(catalogue.tools)
  try {
    const frame = bench.frame('do', {})
    bench.executions.dispatch([frame])
    const id = frame.execution_id
    const result = await bench.until('result', id)
    const artifacts = bench.frames.flatMap((one) =>
      one.t === 'artifact'
        ? [{ name: one.name, type: one.media_type, bytes: Buffer.from(one.data).toString('latin1') }]
        : [],
    )
    return { ...result, artifacts, stdout: bench.output(id), stderr: bench.output(id, 'stderr') }
  } finally {
    await bench.close()
    await catalogue.close()
  }
}

const text = { content: [{ type: 'text', text: 'done' }] }
const number = { type: 'object', required: ['n'], properties: { n: { type: 'number' } } }

test('a write that answers text where its schema promised structure did what it did', async () => {
  const answer = await answerOf({ result: text }, { outputSchema: number })
  assert.deepEqual([answer.outcome, answer.error, answer.stdout], ['completed', null, 'done\n'])
  assert.equal(answer.stderr, '[the tool has an output schema and answered without structured content]\n')
})

test('structured content that does not fit its schema is kept, with what is wrong beside it', async () => {
  const answer = await answerOf({ result: { ...text, structuredContent: { n: 'one' } } }, { outputSchema: number })
  assert.deepEqual([answer.outcome, answer.result], ['completed', { n: 'one' }])
  assert.match(answer.stderr, /does not fit the output schema of the tool: \/n must be number/)
})

test('a schema that cannot be used stops no call', async () => {
  for (const outputSchema of [
    { type: 'object', properties: { a: { $ref: '#/$defs/none' } } },
    { $ref: 'https://elsewhere.example/schema' },
    { type: 'object', properties: { a: { type: 'string', pattern: '^(?=a)(a+)+$' } } },
    'no schema',
    { type: 'array' },
  ]) {
    const answer = await answerOf({ result: { ...text, structuredContent: { a: 'a'.repeat(40) } } }, { outputSchema })
    assert.deepEqual([answer.outcome, answer.result], ['completed', { a: 'a'.repeat(40) }])
    assert.match(answer.stderr, /the output schema of the tool/)
  }
})

test('numbers that a result cannot hold are on stdout as the server wrote them', async () => {
  const rounded = await answerOf({ raw: '{"content":[],"structuredContent":{"id":9007199254740993,"share":0.5}}' })
  assert.deepEqual([rounded.outcome, rounded.result], ['completed', { id: 9007199254740992, share: 0.5 }])
  assert.match(rounded.stdout, /"structuredContent":\{"id":9007199254740993,"share":0\.5\}/)
  assert.match(rounded.stderr, /were rounded; stdout has the answer as it came/)
  const kept = await answerOf({ raw: '{"content":[],"structuredContent":{"id":9007199254740991,"share":1e22}}' })
  assert.deepEqual([kept.result, kept.stdout, kept.stderr], [{ id: 9007199254740991, share: 1e22 }, '', ''])
})

test('what should be base64 and is not is kept as far as it can be read, and said', async () => {
  const content = [
    { type: 'image', data: '!!UE5H!!', mimeType: 'image/png' },
    { type: 'resource', resource: { uri: 'x:', blob: 'UE5\u0000H', mimeType: 'image/png' } },
    { type: 'resource', resource: { uri: 'y:', text: 'a text, no base64!' } },
    { type: 'audio', data: 'UE5H\n_-==', mimeType: 'audio/wav' },
  ]
  const answer = await answerOf({ result: { content } })
  assert.equal(answer.outcome, 'completed')
  assert.deepEqual(
    answer.artifacts.slice(0, 3).map(({ bytes }) => bytes),
    ['PNG', 'PNG', 'a text, no base64!'],
  )
  assert.deepEqual(answer.stderr.trimEnd().split('\n'), [
    '[image is not base64: what can be read of it is kept]',
    '[resource x: is not base64: what can be read of it is kept]',
  ])
})

test('images, files and links are artifacts with type, name and size', async () => {
  const png = Buffer.from('\x89PNG\0\xff', 'latin1')
  const content = [
    { type: 'image', data: png.toString('base64'), mimeType: 'image/png' },
    { type: 'image', data: png.toString('base64'), mimeType: 'image/png' },
    { type: 'audio', data: png.toString('base64'), mimeType: 'a type\nof its own' },
    {
      type: 'resource',
      resource: { uri: 'file:///etc/../notes%20.txt?x', mimeType: 'text/markdown', text: '# Notes' },
    },
    { type: 'resource', resource: { uri: 'x:', blob: png.toString('base64') } },
    {
      type: 'resource_link',
      uri: 'https://example.com/report.pdf',
      name: 'report.pdf',
      mimeType: 'application/pdf',
      size: 9,
    },
    { type: 'text', text: 'and text' },
    { type: 'hologram', data: 1 },
    'no part at all',
  ]
  const answer = await answerOf({ result: { content } })
  assert.equal(answer.outcome, 'completed')
  const octets = 'application/octet-stream'
  assert.deepEqual(answer.artifacts, [
    { name: 'image.png', type: 'image/png', bytes: png.toString('latin1') },
    { name: 'image-2.png', type: 'image/png', bytes: png.toString('latin1') },
    { name: 'audio', type: octets, bytes: png.toString('latin1') },
    { name: 'notes-20.txt', type: 'text/markdown', bytes: '# Notes' },
    { name: 'x-', type: octets, bytes: png.toString('latin1') },
    {
      name: 'report.pdf.uri',
      type: 'text/uri-list',
      bytes:
        '# report.pdf https://example.com/report.pdf application/pdf 9 bytes\r\nhttps://example.com/report.pdf\r\n',
    },
  ])
  assert.deepEqual(answer.stdout.trimEnd().split('\n'), [
    `[image, image/png, ${png.length} bytes: artifact image.png]`,
    `[image, image/png, ${png.length} bytes: artifact image-2.png]`,
    `[audio, ${octets}, ${png.length} bytes: artifact audio]`,
    '[resource file:///etc/../notes%20.txt?x, text/markdown, 7 bytes: artifact notes-20.txt]',
    `[resource x:, ${octets}, ${png.length} bytes: artifact x-]`,
    '[link report.pdf, https://example.com/report.pdf, application/pdf, 9 bytes, text/uri-list, 101 bytes: artifact report.pdf.uri]',
    'and text',
    '{"type":"hologram","data":1}',
    '"no part at all"',
  ])
})

test('an answer of any shape is kept', async () => {
  for (const [result, kept, stdout] of [
    ['only text', 'only text', ''],
    [null, null, ''],
    [[1, 2], [1, 2], ''],
    [{ content: { type: 'text' } }, null, '{"type":"text"}\n'],
    [{ structuredContent: [1] }, [1], ''],
    [{}, null, ''],
  ] as const) {
    const answer = await answerOf({ result })
    assert.deepEqual([answer.outcome, answer.result, answer.stdout], ['completed', kept, stdout])
  }
})

test('keys of a result are what the server wrote', async () => {
  const raw = '{"structuredContent":{"__proto__":{"a":1},"toJSON":"x","constructor":2,"hasOwnProperty":3,"10":1,"2":2}}'
  const { result } = await answerOf({ raw })
  assert.deepEqual(JSON.parse(JSON.stringify(result)), JSON.parse(raw).structuredContent)
  assert.deepEqual(Object.keys(Object(result)), Object.keys(JSON.parse(raw).structuredContent))
})

test('a failure that the server says is one, with what came', async () => {
  const failed = await answerOf({ result: { ...text, isError: true } }, { outputSchema: number })
  assert.deepEqual([failed.outcome, failed.stdout, failed.stderr], ['failed', 'done\n', ''])
  const error = await answerOf({ error: { code: -32602, message: 'no such city', data: { city: 'Atlantis' } } })
  assert.deepEqual(
    [error.outcome, error.error?.message],
    ['failed', 'The MCP server answered with error -32602: no such city'],
  )
  assert.equal(error.stderr, '{"city":"Atlantis"}\n')
})

test('progress is output as it comes', async () => {
  const progress = [
    { progress: 1, total: 3, message: 'reading' },
    { progress: 3, total: 3 },
  ]
  const answer = await answerOf({ progress, result: text })
  assert.equal(answer.stderr, '[progress 1 of 3: reading]\n[progress 3 of 3]\n')
})

test('an answer of ten megabytes holds up nobody', async () => {
  let late = 0
  let last = threadMs()
  const beat = setInterval(() => {
    late = Math.max(late, threadMs() - last)
    last = threadMs()
  }, 10)
  const answer = await answerOf({ fill: 9_900_000 })
  clearInterval(beat)
  assert.deepEqual([answer.outcome, answer.stdout_bytes], ['completed', 9_900_001])
  assert.ok(late < 1500, `one turn of the loop took ${Math.round(late)} ms`)
})
