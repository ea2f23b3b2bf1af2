// What is printed in place of a value's JSON: a template of kubectl's, or what jq makes of it.
import { UsageError } from '../exit-codes.ts'
import type { OutputChoice } from './format.ts'
import { jqFilter } from './jq.ts'
import { jsonPathTemplate } from './jsonpath/evaluate.ts'
import type { Query } from './printer.ts'

/** @throws UsageError for a template that is none, and for options that exclude each other */
export function queryOf(output: OutputChoice | undefined, jq: string | undefined): Query | undefined {
  const template = output?.jsonpath
  if (jq !== undefined && template !== undefined) throw new UsageError('--jq and -o jsonpath exclude each other')
  if (jq !== undefined) {
    if (output !== undefined && output.format !== 'json' && output.format !== 'ndjson')
      throw new UsageError(`--jq works on JSON, not on -o ${output.format}`)
    return jqFilter(jq)
  }
  if (template === undefined) return undefined
  const textOf = jsonPathTemplate(template)
  return { async check() {}, textOf: async (value) => textOf(value) }
}
