// Reads a CPU profile that `npm run bench -- --cpu-profile <folder>` left:
// node bench/profile.ts <file> [from s] [to s]
import { readFileSync } from 'node:fs'
import { columns } from './table.ts'

interface Profile {
  nodes: {
    id: number
    callFrame: { functionName: string; url: string; lineNumber: number }
    children?: number[]
  }[]
  startTime: number
  samples: number[]
  timeDeltas: number[]
}

const top = 45
const [file, from = '0', to = 'Infinity'] = process.argv.slice(2)
if (file === undefined) {
  console.error('node bench/profile.ts <file.cpuprofile> [from s] [to s]')
  process.exit(2)
}
const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(file, 'utf8')) as Profile
const byId = new Map(nodes.map((node) => [node.id, node]))
const parentOf = new Map(nodes.flatMap(({ id, children }) => (children ?? []).map((child) => [child, id])))
const nameOf = (id: number) => {
  const { functionName, url, lineNumber } = byId.get(id)!.callFrame
  const place = url.replace(/^.*\/(?=node_modules\/|packages\/)/, '').replace('node_modules/', '')
  return `${functionName || '(anonymous)'} ${place === '' ? '' : `${place}:${lineNumber + 1}`}`.trim()
}

const own = new Map<string, number>()
const withCalled = new Map<string, number>()
let busy = 0
let idle = 0
let at = 0
samples.forEach((id, index) => {
  const us = timeDeltas[index] ?? 0
  at += us
  if (at < Number(from) * 1e6 || at > Number(to) * 1e6) return
  if (nameOf(id) === '(idle)') {
    idle += us
    return
  }
  busy += us
  own.set(nameOf(id), (own.get(nameOf(id)) ?? 0) + us)
  const stack = new Set<string>()
  for (let node: number | undefined = id; node !== undefined; node = parentOf.get(node)) stack.add(nameOf(node))
  for (const name of stack) withCalled.set(name, (withCalled.get(name) ?? 0) + us)
})
const largest = (times: Map<string, number>, keep: (name: string) => boolean) =>
  [...times]
    .filter(([name]) => keep(name))
    .sort(([, a], [, b]) => b - a)
    .slice(0, top)
    .map(([name, us]) => [`${((us / busy) * 100).toFixed(1)} %`, name])
console.log(`busy ${(busy / 1e6).toFixed(2)} s of ${((busy + idle) / 1e6).toFixed(2)} s of the main thread`)
console.log(
  [
    '',
    'self time, share of busy',
    ...columns(
      largest(own, () => true),
      [0],
    ),
  ].join('\n'),
)
const ours = (name: string) => name.includes('packages/')
console.log(['', 'with what they call, ours', ...columns(largest(withCalled, ours), [0])].join('\n'))
