// Every link in the repository's pages leads to a
// file that is there, and to a heading that is in it.
import assert from 'node:assert/strict'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { test } from 'node:test'
import { root, sources } from './house/sources.ts'

/** As GitHub names the anchor of a heading. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')

function anchorsIn(path: string): string[] {
  return [...readFileSync(path, 'utf8').matchAll(/^#+ (.+)$/gm)].map((match) => anchorOf(match[1]!))
}

const withoutCode = (text: string) => text.replace(/^```[\s\S]*?^```|`[^`\n]*`/gm, '')

test('every link between our pages leads somewhere', () => {
  const broken = sources
    .filter(({ path }) => path.endsWith('.md'))
    .flatMap(({ path, text }) =>
      [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)]
        .map((match) => match[1]!)
        .filter((link) => !/^[a-z]+:/.test(link))
        .filter((link) => {
          const [file = '', anchor] = link.split('#')
          const target = file === '' ? join(root, path) : normalize(join(root, dirname(path), file))
          if (!existsSync(target)) return true
          return anchor !== undefined && (statSync(target).isDirectory() || !anchorsIn(target).includes(anchor))
        })
        .map((link) => `${path}: ${link}`),
    )
  assert.deepEqual(broken, [])
})

test('the wire text cites only what it says', () => {
  const text = readFileSync(join(root, 'packages/protocol/SPEC.md'), 'utf8')
  const said = new Set(
    [...text.matchAll(/^(?:## (\d)\.|(\d\.\d+)\b)/gm)].map(([, section, clause]) => section ?? clause),
  )
  const cited = [...text.matchAll(/\bsection (\d)\b|\((?:[^()]*[ ;])?(\d\.\d+)\)/g)].map(
    ([, section, clause]) => section ?? clause,
  )
  assert.ok(cited.length > 10)
  assert.deepEqual(
    cited.filter((one) => !said.has(one)),
    [],
  )
})
