// docs/adr/0008 against the manifests and against what is installed.
import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

const root = join(import.meta.dirname, '..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
type Manifest = Record<string, Record<string, string> | undefined>

const used = new Map(
  ['package.json', ...globSync('packages/*/package.json', { cwd: root })]
    .map((path) => JSON.parse(read(path)) as Manifest)
    .flatMap(({ dependencies, devDependencies, optionalDependencies }) =>
      Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies }),
    )
    .filter(([name]) => !name.startsWith('@xerotier/')),
)
const said = new Map(
  [...read('docs/adr/0008-dependencies.md').matchAll(/^\| `([^`]+)` \| ([^ ]+) \| ([^|]+) \| [^|]+ \|/gm)].map(
    ([, name, version, licence]) => [name!, { version: version!, licence: licence! }],
  ),
)

test('each dependency is in the list of decisions with its version, and nothing else is', () => {
  const byName = (a: [string, string], b: [string, string]) => (a[0] < b[0] ? -1 : 1)
  const listed = [...said].map(([name, { version }]): [string, string] => [name, version])
  assert.deepEqual(listed.sort(byName), [...used].sort(byName))
})

test('each licence is what the installed package says', () => {
  for (const [name, { licence }] of said) {
    const path = `node_modules/${name}/package.json`
    // Packages of other platforms are not installed.
    if (existsSync(join(root, path)))
      assert.equal((JSON.parse(read(path)) as { license: string }).license, licence, name)
  }
})
