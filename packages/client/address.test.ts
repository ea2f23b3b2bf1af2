import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseBaseUrl } from './address.ts'

test('origin and project come out of the base URL', () => {
  assert.deepEqual(parseBaseUrl('http://127.0.0.1:8080/demo/v1'), { origin: 'http://127.0.0.1:8080', project: 'demo' })
  assert.deepEqual(parseBaseUrl('https://api.example/acme-prod/v1/'), {
    origin: 'https://api.example',
    project: 'acme-prod',
  })
})

test('what a proxy puts in front of the project stays in front', () => {
  assert.deepEqual(parseBaseUrl('https://example.org/xem/acme/v1'), {
    origin: 'https://example.org/xem',
    project: 'acme',
  })
})

for (const wrong of ['demo', 'ftp://x/demo/v1', 'http://x/v1', 'http://x/demo', 'http://user:secret@x/demo/v1', '']) {
  test(`'${wrong}' is refused as a base URL`, () => {
    assert.throws(() => parseBaseUrl(wrong), TypeError)
  })
}

for (const wrong of [
  'http://user:hunter2@x/demo/v1',
  'ftp://user:hunter2@x/demo/v1',
  'user:hunter2@x/demo',
  'http:/u:hunter2@x',
]) {
  test(`a password in a base URL is not repeated in the message about '${wrong.replace('hunter2', '...')}'`, () => {
    assert.throws(
      () => parseBaseUrl(wrong),
      (error: Error) => error instanceof TypeError && !error.message.includes('hunter2'),
    )
  })
}
