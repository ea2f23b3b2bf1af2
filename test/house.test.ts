// The house keeps itself in order: docs/STYLE.md and docs/ARCHITECTURE.md as tests.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { errorCodes } from '@xerotier/protocol/errors.ts'
import { circles } from './house/circles.ts'
import { claimsOf } from './house/claims.ts'
import { commentLinesOf } from './house/comments.ts'
import { betweenPackages, insideFolders, insidePackages, runsAnywhere } from './house/directions.ts'
import { functionsOf } from './house/functions.ts'
import { imports, packageOf, parsed, partOf } from './house/imports.ts'
import { isTest, paths, scripts, sources } from './house/sources.ts'
import { textsOf } from './house/thrown.ts'

const none = (found: unknown[], law: string) => assert.deepEqual(found, [], law)
const shown = ({ from, to }: { from: string; to: string }) => `${from} → ${to}`

test('every import between packages is one that the architecture allows', () => {
  const wrong = imports.filter(({ from, to }) => {
    const [importer, imported] = [packageOf(from), packageOf(to)]
    if (!importer || !imported || importer === imported) return false
    const allowed = betweenPackages[importer]
    if (!allowed) return true
    return !allowed.includes(imported) && !(isTest(from) && imported === 'devkit')
  })
  none(wrong.map(shown), 'see test/house/directions.ts')
})

test('inside a package, imports go from the surface to the ground', () => {
  const wrong = imports.filter(({ from, to }) => {
    const name = packageOf(from)
    const rules = name === undefined ? undefined : insidePackages[name]
    if (!rules || packageOf(to) !== name || isTest(from) || partOf(from) === partOf(to)) return false
    const allowed = rules[partOf(from)]
    return !allowed || !(allowed.includes('*') || allowed.includes(partOf(to)))
  })
  none(wrong.map(shown), 'see test/house/directions.ts')
})

test('inside a folder with parts, each part imports only those that the architecture allows', () => {
  const wrong = Object.entries(insideFolders).flatMap(([folder, rules]) => {
    const part = (path: string) => {
      if (!path.startsWith(`${folder}/`)) return undefined
      const name = path.slice(folder.length + 1).split('/', 1)[0]!
      return name in rules ? name : '.'
    }
    return imports.filter(({ from, to }) => {
      const [importer, imported] = [part(from), part(to)]
      if (importer === undefined || imported === undefined || importer === imported || isTest(from)) return false
      return !rules[importer]!.includes(imported)
    })
  })
  none(wrong.map(shown), 'see test/house/directions.ts')
})

test('nothing that ships imports what only tests use', () => {
  const wrong = imports.filter(({ from, to }) => packageOf(from) && isTest(to) && !isTest(from))
  none(wrong.map(shown), 'fixtures, fakes and settable clocks are for tests')
})

test('what runs anywhere imports nothing of Node', () => {
  const wrong = imports.filter(
    ({ from, to }) => runsAnywhere.includes(packageOf(from) ?? '') && to.startsWith('node:') && !isTest(from),
  )
  none(wrong.map(shown), 'protocol, client and dashboard run in a browser')
})

test('no module imports itself through others', () => {
  none(circles(imports.filter(({ typeOnly }) => !typeOnly)), 'break the circle')
})

test('no types need each other in a circle of files', () => {
  none(circles(imports), 'move what both need to where both can take it')
})

test('no file has a name that says nothing', () => {
  const word = '(utils?|helpers?|common|shared|misc|managers?|services?|index)'
  const empty = new RegExp(`(^|/)(${word}|[^/]+-(utils?|helpers?|manager))(\\.tsx?$|/)`)
  none(
    paths.filter((path) => /^(packages|scripts|bench|test)\//.test(path) && empty.test(path)),
    'name the idea or the verb',
  )
})

test('no barrels and no default exports', () => {
  const barrels = scripts.filter(({ text }) => {
    const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.trim().startsWith('//'))
    return lines.length > 0 && lines.every((line) => /^export .* from '/.test(line))
  })
  none(
    barrels.map(({ path }) => path),
    'import from where it is',
  )
  // Tools that read their configuration from a file insist on a default export.
  const defaults = scripts.filter(({ path, text }) => /^export default/m.test(text) && !/\.config\.ts$/.test(path))
  none(
    defaults.map(({ path }) => path),
    'one thing, one name',
  )
})

test('no source file is longer than 400 lines', () => {
  // A table is as long as what it lists.
  const tables = ['packages/protocol/errors.ts', 'packages/protocol/routes.ts']
  const long = scripts.filter(({ path, text }) => text.split('\n').length > 401 && !tables.includes(path))
  none(
    long.map(({ path, text }) => `${path}: ${text.split('\n').length - 1}`),
    'a file an idea',
  )
})

test('a function is read in one go: 100 lines of its own, 200 with the named ones inside', () => {
  const long = parsed.flatMap(functionsOf).filter(({ lines, ownLines }) => lines > 200 || ownLines > 100)
  none(
    long.map(({ path, name, line, lines, ownLines }) => `${path}:${line} ${name}: ${lines}, ${ownLines} its own`),
    'give its parts names, or files',
  )
})

test('nothing is left for later in a comment', () => {
  const words = new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX', 'HA' + 'CK'].join('|')})\\b`)
  const found = scripts.filter(({ text }) => words.test(text))
  none(
    found.map(({ path }) => path),
    'do it or open an issue',
  )
})

test('every dependency has an exact version', () => {
  const loose = sources
    .filter(({ path }) => /(^|\/)package\.json$/.test(path))
    .flatMap(({ path, text }) => {
      const manifest = JSON.parse(text) as Record<string, Record<string, string> | undefined>
      const kinds = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies']
      return kinds.flatMap((kind) =>
        Object.entries(manifest[kind] ?? {})
          .filter(([, version]) => !/^\d+\.\d+\.\d+(-[0-9A-Za-z.]+)?$/.test(version))
          .map(([name, version]) => `${path}: ${name} ${version}`),
      )
    })
  none(loose, 'pin it')
})

test('each package imports only what its own package.json names', () => {
  const manifests = new Map(
    sources
      .filter(({ path }) => /^packages\/[^/]+\/package\.json$/.test(path))
      .map(({ path, text }) => [packageOf(path)!, JSON.parse(text) as Record<string, Record<string, string>>]),
  )
  const missing = new Set<string>()
  for (const { from, to } of imports) {
    const manifest = manifests.get(packageOf(from) ?? '')
    if (!manifest || isTest(from) || to.startsWith('node:')) continue
    const name = to.startsWith('packages/')
      ? `@xerotier/${packageOf(to)}`
      : to.split('/', to.startsWith('@') ? 2 : 1).join('/')
    if (name === `@xerotier/${packageOf(from)}`) continue
    if (!(name in { ...manifest.dependencies, ...manifest.optionalDependencies })) missing.add(`${from} → ${name}`)
  }
  none([...missing], 'a package that is published alone must find its dependencies')
})

test('no file names a registry or a machine of ours', () => {
  const hosts = new RegExp(
    ['registry\\.[a-z0-9-]+\\.[a-z]{2,}', '/work/' + '(main|shared)', '"resolved": ' + '"http'].join('|'),
  )
  const found = sources.filter(({ text }) => hosts.test(text))
  none(
    found.map(({ path, text }) => `${path}: ${hosts.exec(text)?.[0]}`),
    'what is true on one machine only stays there',
  )
})

test('folders are made by runtime/make-folder.ts', () => {
  const found = scripts.filter(
    ({ path, text }) =>
      /^packages\/(?!devkit)/.test(path) && !isTest(path) && /\bmkdir(Sync)?\([^)]*recursive/.test(text),
  )
  none(
    found.map(({ path }) => path),
    'below /proc the recursive mkdir of Node never ends',
  )
})

test('time and chance come from outside', () => {
  // The one production implementation of each: runtime/clock.ts; ids and keys use node:crypto.
  const found = scripts.filter(
    ({ path, text }) =>
      /^packages\/(router|link|xem-agent|xim-agent)\//.test(path) &&
      !isTest(path) &&
      /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(/.test(text),
  )
  none(
    found.map(({ path }) => path),
    'take a Clock as an argument (law L10)',
  )
})

test('each error of the catalogue is one that somebody gets', () => {
  const texts = new Set(
    parsed
      .filter(({ path }) => /^packages\/(router|link|xem-agent|xim-agent)\//.test(path) && !isTest(path))
      .flatMap(textsOf),
  )
  none(
    errorCodes.filter((code) => !texts.has(code)),
    'a code that nothing throws or records is a promise that nobody keeps: remove it',
  )
})

test('what ships claims to know better than the compiler twice in a thousand lines at most', () => {
  const shipping = parsed.filter(({ path }) => packageOf(path) !== undefined && !isTest(path))
  const lines = shipping.reduce((sum, { text }) => sum + text.split('\n').length, 0)
  const of1000 = (what: 'as' | 'bang') => (shipping.reduce((sum, file) => sum + claimsOf(file)[what], 0) / lines) * 1000
  assert.ok(of1000('as') < 2, `${of1000('as')} \`as\``)
  assert.ok(of1000('bang') < 1, `${of1000('bang')} \`!\``)
})

test('a line of a comment ends at column 100', () => {
  const wide = parsed
    .flatMap(commentLinesOf)
    .filter(({ columns }) => columns > 100)
    // What Biome is told stands in one line.
    .filter(({ text }) => !text.includes('biome-ignore'))
  none(
    wide.map(({ path, line, columns }) => `${path}:${line}: ${columns}`),
    'a column that is read without moving the head',
  )
})
