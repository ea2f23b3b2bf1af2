// HTML in which whatever is put in is text, unless it is HTML already. What deceives in it is shown
// as its code.
import { reviewedLines } from '@xerotier/protocol/reviewed.ts'

export class Html {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

type Part = Html | string | number | undefined | readonly Html[]

export function html(strings: TemplateStringsArray, ...parts: Part[]): Html {
  return new Html(strings.reduce((text, string, at) => text + written(parts[at - 1]) + string))
}

function written(part: Part): string {
  if (part === undefined) return ''
  if (part instanceof Html) return part.text
  if (typeof part === 'object') return part.map(({ text }) => text).join('')
  return escaped(reviewedLines(String(part)))
}

/** What its reader has typed, to the letter; HTML has no NUL. */
export function verbatim(text: string): Html {
  return new Html(escaped(text.replaceAll('\0', '\uFFFD')))
}

function escaped(text: string): string {
  return text.replace(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`)
}
