// Draws a page of the help. A narrow terminal gets narrower texts; no word is broken.
import { pad, widthOf } from '../output/cell.ts'
import { wrap, wrapCommand, wrapText } from '../output/wrap.ts'
import type { Block, HelpPage } from './page.ts'

/** Text wider than this is hard to read. */
const widest = 100
/** Where nobody says how wide the terminal is. */
const usual = 80
/** A longer term stands on a line of its own. */
const longestTerm = 24
/** The text beside the terms gets at least this, else it stands below them. */
const narrowestText = 30

/** Columns of the help. @param known of the terminal, if there is one */
export function helpWidth(known: number | undefined): number {
  return Math.min(known ?? usual, widest)
}

export function renderHelp(page: HelpPage, width: number): string {
  return [
    usageLines(page.usage, width),
    wrapText(`${page.summary}.`, width),
    ...page.blocks.filter(({ entries }) => entries.length > 0).map((block) => blockLines(block, width)),
    ...(page.notes === '' ? [] : [wrapText(page.notes, width)]),
    ...(page.examples.length === 0 ? [] : [exampleLines(page.examples, width)]),
  ]
    .map((part) => `${part}\n`)
    .join('\n')
}

function usageLines(usage: readonly string[], width: number): string {
  return usage
    .flatMap((words, index) => {
      const [first, ...rest] = wrap(`xeroctl ${words}`, width - widthOf(usageHead) - indent)
      const head = index === 0 ? usageHead : ' '.repeat(widthOf(usageHead))
      return [`${head}${first}`, ...rest.map((line) => `${' '.repeat(widthOf(usageHead) + indent)}${line}`)]
    })
    .join('\n')
}

const usageHead = 'Usage: '

function blockLines({ title, entries }: Block, width: number): string {
  const term = Math.min(longestTerm, Math.max(...entries.map(([name]) => widthOf(name))))
  const beside = width - indent - term - gap >= narrowestText
  const left = beside ? indent + term + gap : 2 * indent + gap
  const lines = entries.flatMap(([name, text]) => {
    const [first, ...rest] = wrap(text, width - left)
    const fits = beside && widthOf(name) <= term
    const head = `${' '.repeat(indent)}${fits ? pad(name, term + gap, false) : name}`
    const below = (line: string) => `${' '.repeat(left)}${line}`
    return fits ? [`${head}${first}`, ...rest.map(below)] : [head, ...[first ?? '', ...rest].map(below)]
  })
  return [`${title}:`, ...lines].join('\n')
}

const indent = 2
const gap = 2

function exampleLines(examples: readonly string[], width: number): string {
  const lines = examples.flatMap((line) => wrapCommand(line, width - indent))
  return ['Examples:', ...lines.map((line) => `${' '.repeat(indent)}${line}`)].join('\n')
}
