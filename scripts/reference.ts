// `npm run reference`: writes docs/reference from the
// tables in the code. A test fails when it is stale.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { referenceFolder, referencePages } from './reference/pages.ts'

const folder = join(fileURLToPath(new URL('..', import.meta.url)), referenceFolder)
const pages = referencePages()
mkdirSync(folder, { recursive: true })
for (const name of readdirSync(folder)) if (!(name in pages)) rmSync(join(folder, name))
for (const [name, text] of Object.entries(pages)) writeFileSync(join(folder, name), text)
console.log(`${Object.keys(pages).length} pages in ${referenceFolder}`)
