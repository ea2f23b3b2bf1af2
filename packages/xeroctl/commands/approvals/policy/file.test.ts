import assert from 'node:assert/strict'
import { test } from 'node:test'
import { limits } from '@xerotier/protocol/limits.ts'
import { xeroctl } from '../../../run.fixture.ts'

const levels = limits.foreignDepth
const doublings = Array.from({ length: 40 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]`).join('\n')
const refused: [what: string, policy: string, words: RegExp][] = [
  [
    'nested deeper than anything of ours',
    `rules: ${'['.repeat(levels)}${']'.repeat(levels)}`,
    /- is nested deeper than/,
  ],
  ['nested as deep as no parser follows', `rules: ${'['.repeat(50_000)}`, /- is nested deeper than/],
  ['that holds itself', 'rules: &a [*a]', /- is nested deeper than/],
  ['whose anchors double each other', `a0: &a0 [1]\n${doublings}`, /- is no valid YAML: Excessive alias count/],
  ['that is a list', '- name: x', /- holds no policy: it must be a mapping/],
  ['with a name that is none', 'name: [x]', /-: name must be text/],
]
for (const [what, policy, words] of refused) {
  test(`a policy ${what} is refused before anything is sent`, async (t) => {
    const { code, stderr } = await xeroctl(t, ['approvals', 'policy', 'apply', '-f', '-'], { stdin: policy })
    assert.equal(code, 2, stderr)
    assert.match(stderr, words)
  })
}
