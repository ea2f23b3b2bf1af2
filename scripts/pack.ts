// `npm run pack [-- <product>…]`: a tarball and a Debian package of the agent, of the router and of
// xeroctl, in dist/.
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { kibibytes, packDebian } from './pack/debian.ts'
import { products } from './pack/products.ts'
import { nodeWithoutSymbols, stage } from './pack/stage.ts'
import { packTarball } from './pack/tarball.ts'

const clone = fileURLToPath(new URL('..', import.meta.url))
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    out: { type: 'string', default: join(clone, 'dist') },
    /** Of the packaging: `0.1.0-<revision>`. */
    revision: { type: 'string', default: '1' },
    compression: { type: 'string', default: 'zstd' },
    'no-tarball': { type: 'boolean', default: false },
  },
})
const unknown = positionals.filter((name) => !products.some((product) => product.name === name))
if (unknown.length > 0)
  throw new Error(`no product ${unknown.join(', ')}: ${products.map(({ name }) => name).join(', ')}`)

mkdirSync(values.out, { recursive: true })
const withNode = mkdtempSync(join(tmpdir(), 'pack-node-'))
process.once('exit', () => rmSync(withNode, { recursive: true, force: true }))
const node = nodeWithoutSymbols(join(withNode, 'node'))
for (const product of products) {
  if (positionals.length > 0 && !positionals.includes(product.name)) continue
  const work = mkdtempSync(join(tmpdir(), `pack-${product.name}-`))
  try {
    const staged = await stage(product, { clone, folder: join(work, 'staged'), node })
    console.log(`${product.name} ${staged.version}: ${mebibytes(kibibytes(staged.folder))} installed`)
    const debian = packDebian(staged, {
      clone,
      root: join(work, 'debian'),
      out: values.out,
      revision: Number(values.revision),
      compression: values.compression,
    })
    const made = [debian, ...(values['no-tarball'] ? [] : [packTarball(staged, { clone, out: values.out, level: 6 })])]
    for (const path of made) console.log(`  ${path}  ${mebibytes(statSync(path).size / 1024)}`)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

function mebibytes(kib: number): string {
  return `${(kib / 1024).toFixed(1)} MiB`
}
