#!/usr/bin/env node
// npm links this file when it installs, which is before anything is built; the program itself is the bundle in dist/.
import { existsSync } from 'node:fs'
import * as nodeModule from 'node:module'

if (Number(process.versions.node.split('.')[0]) < 20) {
  process.stderr.write(`xeroctl needs Node 20 or later, and this is ${process.versions.node}.\n`)
  process.exit(1)
}
const bundle = new URL('../dist/xeroctl.js', import.meta.url)
if (!existsSync(bundle)) {
  process.stderr.write('xeroctl is not built yet: run `npm run setup` (or `npm start`) in the clone.\n')
  process.exit(1)
}
// Node 22 and later keep the compiled code of the bundle between runs.
nodeModule.enableCompileCache?.()
await import(bundle.href)
