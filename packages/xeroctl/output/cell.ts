// What stands in one field of a table or of a detail page.
import { reviewed } from '@xerotier/protocol/reviewed.ts'
import { type Colour, colourOfWord } from './colours.ts'
import { relativeTime, timeLeft, timeSince } from './time.ts'

export type Cell =
  | string
  | number
  | boolean
  | null
  | undefined
  /**
   * When something happened, ISO 8601: relative in tables, absolute in wide ones. Never of the
   * future, whatever the clocks say.
   */
  | { time: string | null }
  /** When something is due: of the future or the past. */
  | { due: string | null }
  /** How long it is until something is due, in the largest unit: `14m`. */
  | { left: string | null }
  /**
   * A state or a risk, coloured by its meaning; `text` where more is to be read than the word, and
   * what is left until a time behind it.
   */
  | { word: string; text?: string; until?: string | null }

export interface CellText {
  text: string
  colour: Colour | undefined
}

export function cellText(cell: Cell, style: { now: number; absolute: boolean }): CellText {
  if (cell === null || cell === undefined || cell === '') return { text: '-', colour: 'dim' }
  if (typeof cell !== 'object') return { text: printable(String(cell)), colour: undefined }
  if ('word' in cell) {
    const left = cell.until ? ` ${timeLeft(cell.until, style.now)}` : ''
    return { text: `${printable(cell.text ?? cell.word)}${left}`, colour: colourOfWord[cell.word] }
  }
  if ('left' in cell) return { text: cell.left === null ? '-' : timeLeft(cell.left, style.now), colour: undefined }
  const iso = 'time' in cell ? cell.time : cell.due
  if (iso === null) return { text: '-', colour: 'dim' }
  if (style.absolute) return { text: printable(iso), colour: undefined }
  return { text: 'time' in cell ? timeSince(iso, style.now) : relativeTime(iso, style.now), colour: undefined }
}

/**
 * Names and reasons come from others: what deceives in them is shown as its code, and steers no
 * terminal. Line breaks become spaces.
 */
export function printable(text: string): string {
  return reviewed(text.replace(/[\r\n\t]+/g, ' '))
}

/** What a tool has printed: its letters are nobody's names, and nothing in it steers a terminal. */
export function printableLines(text: string): string {
  return text.replace(/\r\n/g, '\n').replace(/[^\P{Cc}\n\t]|\p{Bidi_Control}/gu, '\uFFFD')
}

/** Columns that a text takes on a terminal. */
export function widthOf(text: string): number {
  let width = 0
  for (const character of text) {
    if (/\p{Mn}|\p{Me}|\p{Cf}/u.test(character)) continue
    width +=
      /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|\p{Emoji_Presentation}/u.test(
        character,
      )
        ? 2
        : 1
  }
  return width
}

/** At most `width` columns; the cut is marked. */
export function shorten(text: string, width: number): string {
  if (widthOf(text) <= width) return text
  let short = ''
  for (const character of text) {
    if (widthOf(short) + widthOf(character) > width - 1) break
    short += character
  }
  return `${short}…`
}

/** The same, of a name: its beginning and its end stay. */
export function shortenMiddle(text: string, width: number): string {
  if (widthOf(text) <= width) return text
  const beginning = shorten(text, Math.ceil((width + 1) / 2))
  const characters = [...text]
  let end = ''
  for (let at = characters.length - 1; at >= 0; at--) {
    const longer = `${characters[at]}${end}`
    if (widthOf(beginning) + widthOf(longer) > width) break
    end = longer
  }
  return `${beginning}${end}`
}

export function pad(text: string, width: number, right: boolean): string {
  const space = ' '.repeat(Math.max(0, width - widthOf(text)))
  return right ? space + text : text + space
}
