// A guide in docs/guides as a list of commands: its blocks of sh, in order, with placeholders to
// fill in.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Block {
  /** Line of its fence in the guide, from 1. */
  line: number
  /** The words behind `sh`: where it runs, and `service` when it goes on running. */
  words: readonly string[]
  commands: string
}

export interface Guide {
  name: string
  /** As declared in the table at the top, without the angle brackets. */
  placeholders: readonly string[]
  blocks: readonly Block[]
}

/** Not `<<` or `<(`: a placeholder is one word in angle brackets. */
const placeholder = /<([a-z][a-z-]*)>/g

/** @throws when a placeholder is used and not declared, or declared and not used */
export function readGuide(name: string): Guide {
  const text = readFileSync(join(import.meta.dirname, '../../docs/guides', name), 'utf8')
  const placeholders = [...text.matchAll(/^\| `<([a-z-]+)>` \|/gm)].map((match) => match[1]!)
  const blocks = [...text.matchAll(/^```sh *(.*)\n([\s\S]*?)\n```$/gm)].map((match) => ({
    line: text.slice(0, match.index).split('\n').length,
    words: match[1]!.split(' ').filter((word) => word !== ''),
    commands: match[2]!,
  }))
  const used = new Set(blocks.flatMap(({ commands }) => [...commands.matchAll(placeholder)].map((match) => match[1]!)))
  const undeclared = [...used].filter((word) => !placeholders.includes(word))
  const unused = placeholders.filter((word) => !used.has(word))
  if (undeclared.length + unused.length > 0)
    throw new Error(
      `${name}: not declared: ${undeclared.join(', ') || 'none'}; not used: ${unused.join(', ') || 'none'}`,
    )
  return { name, placeholders, blocks }
}

/** @throws when a placeholder has no value */
export function fillIn(commands: string, values: Readonly<Record<string, string>>): string {
  return commands.replace(placeholder, (whole, word: string) => {
    const value = values[word]
    if (value === undefined) throw new Error(`no value for ${whole}`)
    return value
  })
}
