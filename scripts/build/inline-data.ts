// Modules named *.data.ts hold plain data derived from the protocol. A bundle gets their values,
// worked out here, so that the schemas behind them (zod and all) stay outside.
import { pathToFileURL } from 'node:url'
import type { Metafile, Plugin } from 'esbuild'

export const inlineData: Plugin = {
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

/** @throws when a bundle holds the schemas after all */
export function refuseSchemas({ inputs }: Metafile): void {
  const stowaway = Object.keys(inputs).find((path) => path.includes('node_modules/zod/'))
  if (stowaway === undefined) return
  throw new Error(`the bundle holds zod again (${stowaway}): import values of the protocol through a *.data.ts module`)
}
