// Bundles xeroctl into one file that any Node from 20 on runs: packages/xeroctl/dist/xeroctl.js.
// Modules named *.data.ts hold plain data derived from the protocol. The bundle gets their values, worked out here, so
// that the schemas behind them (zod and all, 50 ms of every start) stay outside.
import { chmod } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import { build, type Plugin } from 'esbuild'

const inlineData: Plugin = {
  name: 'inline-data',
  setup(bundler) {
    bundler.onLoad({ filter: /\.data\.ts$/ }, async ({ path }) => {
      const values = (await import(pathToFileURL(path).href)) as Record<string, unknown>
      const exports = Object.entries(values).map(([name, value]) => {
        const text = JSON.stringify(value)
        if (text === undefined) throw new Error(`${path}: ${name} is no plain data`)
        return `export const ${name} = ${text}`
      })
      return { contents: exports.join('\n'), loader: 'js' }
    })
  },
}

const outfile = 'packages/xeroctl/dist/xeroctl.js'

const { metafile } = await build({
  entryPoints: ['packages/xeroctl/main.ts'],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  banner: { js: '#!/usr/bin/env node' },
  legalComments: 'inline',
  logLevel: 'warning',
  metafile: true,
  plugins: [inlineData],
})

const stowaway = Object.keys(metafile.inputs).find((path) => path.includes('node_modules/zod/'))
if (stowaway !== undefined) {
  throw new Error(`the bundle holds zod again (${stowaway}): import values of the protocol through a *.data.ts module`)
}
await chmod(outfile, 0o755)
