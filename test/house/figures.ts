// `node test/house/figures.ts [folder]`: the figures of the house, of this checkout or of any other
// commit's. `--all` names what is behind them.
import { parseArgs } from 'node:util'
import { betweenFolders, circles } from './circles.ts'
import { claimsOf } from './claims.ts'
import { commentLinesOf } from './comments.ts'
import { functionsOf } from './functions.ts'
import { importsOf } from './imports.ts'
import { parse } from './parse.ts'
import { root as here, isScript, isTest, pathsBelow, sourcesOf } from './sources.ts'

const { values, positionals } = parseArgs({ allowPositionals: true, options: { all: { type: 'boolean' } } })
const root = positionals[0] ?? here

const files = sourcesOf(root, pathsBelow(root)).filter(isScript).map(parse)
const shipping = files.filter(({ path }) => path.startsWith('packages/') && !isTest(path))
const lineCount = ({ text }: { text: string }) => text.split('\n').length - 1
const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)
const print = (what: string, figure: string) => console.log(`${what.padEnd(52)} ${figure}`)
const detail = (lines: readonly string[]) => {
  if (values.all) for (const line of lines) console.log(`    ${line}`)
}

function lengths(what: string, of: typeof files) {
  const sorted = of.toSorted((a, b) => lineCount(a) - lineCount(b))
  const middle = sorted[Math.floor(sorted.length / 2)]
  const longest = sorted.at(-1)
  if (middle === undefined || longest === undefined) throw new Error(`no scripts below ${root}`)
  print(`${what}: files, lines`, `${of.length}, ${sum(of.map(lineCount))}`)
  print(`${what}: median and longest file`, `${lineCount(middle)}, ${lineCount(longest)} (${longest.path})`)
}

lengths('all', files)
lengths('shipping', shipping)

const functions = files.flatMap(functionsOf).toSorted((a, b) => b.lines - a.lines)
const shown = ({ path, line, name, lines, ownLines }: (typeof functions)[number]) =>
  `${lines} lines, ${ownLines} its own: ${name} (${path}:${line})`
const over = (lines: number) => functions.filter((found) => found.lines > lines)
const isShipping = ({ path }: { path: string }) => path.startsWith('packages/') && !isTest(path)
print('functions over 70 lines: all, shipping', `${over(70).length}, ${over(70).filter(isShipping).length}`)
detail(over(70).map(shown))
const pastLimit = functions.filter(({ lines, ownLines }) => lines > 200 || ownLines > 100)
print('functions over 200 lines, or 100 of their own', `${pastLimit.length}`)
detail(pastLimit.map(shown))

const ours = shipping.flatMap(importsOf).filter(({ to }) => to.startsWith('packages/'))
const atRunTime = ours.filter(({ typeOnly }) => !typeOnly)
for (const [what, edges] of [
  ['run-time circles between files', atRunTime],
  ['type circles between files', ours],
  ['run-time circles between folders', betweenFolders(atRunTime)],
  ['type circles between folders', betweenFolders(ours)],
] as const) {
  const found = circles(edges)
  print(what, `${found.length}${found.length > 0 ? ` (of ${found.map(({ length }) => length).join(', ')})` : ''}`)
  detail(found.map((circle) => circle.join(' ')))
}

const commentLines = files.flatMap(commentLinesOf)
const longer = (columns: number) => commentLines.filter((line) => line.columns > columns).length
const share = (count: number) => `${((count / commentLines.length) * 100).toFixed(1)} %`
print(
  'comment lines past 100, past 110 columns',
  `${share(longer(100))}, ${share(longer(110))} of ${commentLines.length}`,
)

console.log('\n`as` and `!` per 1,000 lines')
function claims(what: string, of: typeof files) {
  const lines = sum(of.map(lineCount))
  const found = of.map(claimsOf)
  const of1000 = (count: number) => `${((count / lines) * 1000).toFixed(1).padStart(5)} (${count})`
  print(what, `${of1000(sum(found.map(({ as }) => as)))}  ${of1000(sum(found.map(({ bang }) => bang)))}`)
}
claims('shipping', shipping)
claims(
  'tests, devkit, scripts and bench',
  files.filter((file) => !isShipping(file)),
)
const groups = Map.groupBy(
  files,
  ({ path }) => path.replace(/^(packages\/[^/]+|[^/]+)\/.*/, '$1') + (isTest(path) ? ' (tests)' : ''),
)
for (const [group, of] of groups) claims(group, of)
