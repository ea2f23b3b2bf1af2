import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { limits } from '@xerotier/protocol/limits.ts'
import { code, page, table } from './markdown.ts'

export function limitsPage(): string {
  const explained = comments(readFileSync(fileURLToPath(import.meta.resolve('@xerotier/protocol/limits.ts')), 'utf8'))
  return page(
    'Limits',
    table(
      ['Limit', 'Value', ''],
      Object.entries(limits).map(([name, value]) => [code(name), shown(name, value), explained.get(name) ?? '']),
    ),
  )
}

/** The doc comment in front of each key. */
function comments(source: string): Map<string, string> {
  const pairs = source.matchAll(/\/\*\*((?:[^*]|\*(?!\/))+)\*\/\n {2}(\w+):/g)
  const plain = (comment: string) =>
    comment
      .replace(/\n\s*\*/g, '')
      .replace(/\s+/g, ' ')
      .trim()
  return new Map([...pairs].map(([, comment = '', key = '']) => [key, plain(comment)]))
}

function shown(name: string, value: number): string {
  if (!name.endsWith('Bytes') && !name.startsWith('agentOutbox')) return String(value)
  if (value % (1024 * 1024) === 0) return `${value / (1024 * 1024)} MiB`
  return value % 1024 === 0 ? `${value / 1024} KiB` : String(value)
}
