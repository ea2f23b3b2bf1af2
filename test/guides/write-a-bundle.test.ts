// What the guide to bundles says in tables and examples, against the code that they describe.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { renderArgv } from '@xerotier/xem-agent/argv.ts'
import { parseBundle } from '@xerotier/xem-agent/tools/bundle-file.ts'
import { bundleSchema, mcpSchema, toolSchema } from '@xerotier/xem-agent/tools/bundle-schema.ts'
import { parseCommand } from '@xerotier/xem-agent/tools/command-template.ts'
import { loadTools } from '@xerotier/xem-agent/tools/load-bundle.ts'
import { z } from 'zod'
import { clone } from './walk.ts'

const text = readFileSync(join(clone, 'docs/guides/write-a-bundle.md'), 'utf8')

/**
 * Rows of the table below a heading: its cells, without
 * the marks of code where a cell is nothing else.
 */
function tableBelow(heading: string): string[][] {
  const section = text.split(`\n## ${heading}\n`)[1]!.split('\n## ')[0]!
  const rows = section.split('\n').filter((line) => line.startsWith('|'))
  return rows.slice(2).map((row) =>
    row
      .slice(2, -2)
      .split(' | ')
      .map((cell) => /^`([^`]*)`$/.exec(cell)?.[1] ?? cell),
  )
}

test('the guide has every field with its default', () => {
  const defaultOf = (field: z.ZodType) => {
    if (field instanceof z.ZodDefault) return JSON.stringify(field.def.defaultValue)
    return field instanceof z.ZodOptional ? '-' : 'required'
  }
  const parts = [
    ['', bundleSchema.shape],
    ['tools[].', toolSchema.shape],
    ['mcp.', mcpSchema.shape],
  ] as const
  const fields = parts.flatMap(([prefix, shape]) =>
    Object.entries(shape).map(([key, field]) => [`${prefix}${key}`, defaultOf(field as z.ZodType)]),
  )
  const said = tableBelow('Every field').flatMap(([names = '', defaults = '']) => {
    const values = defaults.replaceAll('`', '').split(', ')
    const words = names.replaceAll('`', '').split(', ')
    return words.map((word, index) => [word, values[index] ?? values[0]!])
  })
  assert.deepEqual(Object.fromEntries(said), Object.fromEntries(fields))
})

const properties = {
  ...{ name: { type: 'string' }, lines: { type: 'integer' }, all: { type: 'boolean' } },
  ...{ ids: { type: 'array', items: { type: 'string' } }, names: { type: 'array', items: { type: 'string' } } },
}

/** @param words as in a bundle.yaml */
function commandOf(words: string) {
  const tool = `{ name: tool, description: Tool, risk: read, input_schema: { type: object }, command: ${words} }`
  const { source } = parseBundle(`{ name: whole, version: '1', domain: test, tools: [${tool}] }`, 'bundle.yaml')
  return parseCommand(toolSchema.parse(source.tools?.[0]).command!, properties)
}

test('placeholders become what the guide says', () => {
  const rows = tableBelow('Placeholders')
  assert.ok(rows.length > 0)
  for (const [words = '', args = '', expected = ''] of rows) {
    const template = commandOf(words.replace('[', '[program, '))
    const render = () => renderArgv(template, JSON.parse(args))
    const [, refused] = /^refused: `(.*)`$/.exec(expected) ?? []
    if (refused === undefined) assert.deepEqual(render(), JSON.parse(expected), words)
    else assert.throws(render, { message: refused })
  }
})

test('commands are refused for the reasons in the guide', () => {
  const rows = tableBelow('What is refused, and why')
  assert.ok(rows.length > 0)
  for (const [command = '', message] of rows) assert.throws(() => commandOf(command), { message }, command)
})

test('the other examples of the guide are bundles', () => {
  const examples = [...text.matchAll(/^```yaml\n([\s\S]*?)\n```$/gm)].map((match) => match[1]!)
  assert.equal(examples.length, 3)
  for (const example of examples) {
    const { leftOut } = loadTools(parseBundle(wholeBundle(example), 'bundle.yaml'), '/', {})
    assert.deepEqual(leftOut, [])
  }
})

/** An example shows a bundle, keys of one, or keys of a tool. */
function wholeBundle(example: string): string {
  const head = 'name: whole\nversion: 1.0.0\ndomain: test\n'
  if (example.includes('input_schema:')) {
    const keys = example.replaceAll(/^/gm, '    ')
    return `${head}tools:\n  - name: one\n    description: d\n    risk: write\n${keys}\n`
  }
  return example.includes('name:') ? example : `${head}tools: []\n${example}\n`
}
