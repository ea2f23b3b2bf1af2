// Bundles xeroctl into one file that any Node from 20 on runs:
// packages/xeroctl/dist/xeroctl.js. Modules named *.data.ts hold plain data
// derived from the protocol. The bundle gets their values, worked out here, so
// that the schemas behind them (zod and all, 50 ms of every start) stay outside.
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { build, type Plugin } from 'esbuild'
import { inlineData, refuseSchemas } from './build/inline-data.ts'

/**
 * jq is larger than all the rest, and loaded by whoever asks for it: a file of its own beside the
 * bundle.
 */
const jqBeside: Plugin = {
  name: 'jq-beside',
  setup(bundler) {
    bundler.onResolve({ filter: /^jq-wasm$/ }, () => ({ path: './jq.cjs', external: true }))
  },
}

const dist = 'packages/xeroctl/dist'
const outfile = `${dist}/xeroctl.js`

const { metafile, outputFiles } = await build({
  entryPoints: ['packages/xeroctl/main.ts'],
  outfile,
  write: false,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  // For Node the package offers CommonJS alone; this is its other build, of the same source.
  alias: { yaml: './node_modules/yaml/browser/index.js' },
  banner: { js: '#!/usr/bin/env node' },
  legalComments: 'inline',
  logLevel: 'warning',
  metafile: true,
  plugins: [inlineData, jqBeside],
})

refuseSchemas(metafile)
const inputs = Object.entries(metafile.inputs)
const common = inputs.find(([, { format }]) => format === 'cjs')
if (common !== undefined) {
  throw new Error(`${common[0]} is CommonJS: an ES module that bundles it fails where it requires a module of Node's`)
}

const jq = await build({
  stdin: { contents: "export { raw } from 'jq-wasm'", resolveDir: 'packages/xeroctl' },
  outfile: `${dist}/jq.cjs`,
  write: false,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  legalComments: 'inline',
  logLevel: 'warning',
})

await mkdir(dist, { recursive: true })
for (const { path, contents } of [...jq.outputFiles, ...outputFiles]) {
  // Put in place whole: somebody may be starting xeroctl at this moment.
  const unfinished = `${path}.${process.pid}`
  await writeFile(unfinished, contents, { mode: 0o755 })
  await rename(unfinished, path)
}
