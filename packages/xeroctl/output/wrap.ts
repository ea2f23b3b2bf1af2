// Lines that fit a terminal without breaking a word.
import { wrapWords } from '@xerotier/runtime/wrap.ts'
import { widthOf } from './cell.ts'

/** Lines of at most `width` columns. A word that is longer stands alone on a longer line. */
export function wrap(text: string, width: number): string[] {
  return wrapWords(text.split(/\s+/), width, widthOf)
}

/** Paragraphs apart by an empty line; a line that is indented stays as it is. */
export function wrapText(text: string, width: number): string {
  const blocks = text.split(/\n{2,}/).map((block) => (/^ /.test(block) ? block : wrap(block, width).join('\n')))
  return blocks.join('\n\n')
}

/**
 * A command line that a shell takes as it is shown: a backslash at each break, and no break inside
 * of quotes.
 */
export function wrapCommand(line: string, width: number): string[] {
  if (widthOf(line) <= width) return [line]
  const words = line.match(/(?:'[^']*'|"(?:\\.|[^"\\])*"|[^\s'"])+/g) ?? []
  const units: string[] = []
  for (const word of words) {
    const last = units.at(-1)
    // An option and its value, a pipe and its program stay together.
    if (last !== undefined && /^(-\S*|[|>])$/.test(last) && !word.startsWith('-'))
      units[units.length - 1] = `${last} ${word}`
    else units.push(word)
  }
  const lines = wrapWords(units, width - widthOf(' \\'), widthOf, continuation)
  return lines.map((one, index) => (index === lines.length - 1 ? one : `${one} \\`))
}

const continuation = '    '
