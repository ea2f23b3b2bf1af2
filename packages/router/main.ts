#!/usr/bin/env node
// Compiled code is kept beside the dependencies, in a folder of this installation's own: it halves the time to start.
import { enableCompileCache } from 'node:module'
import { join } from 'node:path'

enableCompileCache(join(import.meta.dirname, '../../node_modules/.cache/compiled'))
await import('./program.ts')
