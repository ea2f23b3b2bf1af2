// jq itself, as WebAssembly. It is loaded when somebody asks for it: it takes 40 ms and is larger
// than all the rest.
import { messageOf } from '@xerotier/protocol/thrown.ts'
import { UsageError } from '../exit-codes.ts'
import type { Query } from './printer.ts'

export function jqFilter(filter: string): Query {
  return {
    async check() {
      // Compiled, and not run.
      await run('null', `if false then (\n${filter}\n) else empty end`)
    },
    textOf: (value) => run(JSON.stringify(value), filter),
  }
}

async function run(input: string, filter: string): Promise<string> {
  const { raw } = await import('jq-wasm')
  try {
    // As gh prints it: texts as they are, everything else on one line. The space keeps a filter
    // from being an option.
    const text = await raw(input, ` ${filter}`, ['-r', '-c'])
    return text === '' || text.endsWith('\n') ? text : `${text}\n`
  } catch (error) {
    const [reason] = messageOf(error)
      .replace(/^Failed to execute raw query: /, '')
      .split('\n')
    // Where in our own frame around it, and in which file of its, tells nobody anything.
    const said = (reason ?? '').replace(/^jq: error( \(at \S+\))?: /, '').replace(/( at <top-level>)?, line \d+:?$/, '')
    throw new UsageError(`--jq: ${said}`)
  }
}
