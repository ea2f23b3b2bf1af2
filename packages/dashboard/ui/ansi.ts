// Output of programs, safely: of its escapes only colours and weights are kept (SGR), and every
// other one is taken out. What turns the text around or takes no room is shown as its code.

export interface Span {
  text: string
  /** `ansi-31`, `ansi-1 ansi-32`. */
  classes: string
}

const escapes =
  /\u001b(?:\[([0-9;:]*)([A-Za-z~])|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[PX^_][^\u001b]*(?:\u001b\\)?|[@-Z\\-_])?/g
const unseen =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g

function visible(text: string): string {
  return text.replace(unseen, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** A longer line goes on in the next. */
const lineCharacters = 16_384

export interface AnsiReader {
  /** Grows at its end. The last line may go on; each other stays as it is. */
  readonly lines: readonly (readonly Span[])[]
  push(text: string): void
}

/** Output as it arrives, a line at a time; the style goes on from line to line. */
export function ansiReader(): AnsiReader {
  const style = new Set<number>()
  const lines: Span[][] = []
  /** The last line so far, and the style before it. */
  let open = ''
  let before: readonly number[] = []
  return {
    lines,
    push(text) {
      const parts = (open + text).split('\n').flatMap(piecesOf)
      if (lines.length > 0) lines.pop()
      for (const [at, part] of parts.entries()) {
        const isLast = at === parts.length - 1
        style.clear()
        for (const one of before) style.add(one)
        lines.push(spansOf(part.replace(/\r$/, ''), style))
        if (isLast) open = part
        else before = [...style]
      }
    },
  }
}

function piecesOf(line: string): string[] {
  if (line.length <= lineCharacters) return [line]
  const count = Math.ceil(line.length / lineCharacters)
  return Array.from({ length: count }, (_, at) => line.slice(at * lineCharacters, (at + 1) * lineCharacters))
}

function spansOf(line: string, style: Set<number>): Span[] {
  const spans: Span[] = []
  // What a program draws over, as progress bars are, is seen as it was last.
  const seen = line.includes('\r') ? (line.split('\r').findLast((part) => part !== '') ?? '') : line
  let from = 0
  const put = (to: number) => {
    if (to > from)
      spans.push({
        text: visible(seen.slice(from, to)),
        classes: [...style]
          .sort()
          .map((n) => `ansi-${n}`)
          .join(' '),
      })
  }
  for (const found of seen.matchAll(escapes)) {
    put(found.index)
    from = found.index + found[0].length
    if (found[2] === 'm') for (const code of (found[1] ?? '').split(/[;:]/)) apply(style, Number(code || 0))
  }
  put(seen.length)
  return spans
}

function apply(style: Set<number>, code: number): void {
  if (code === 0) style.clear()
  else if (code >= 1 && code <= 4) style.add(code)
  else if (code === 22) for (const one of [1, 2]) style.delete(one)
  else if (code === 23 || code === 24) style.delete(code - 20)
  else if (isColour(code) || code === 39) {
    for (const one of [...style]) if (isColour(one)) style.delete(one)
    if (code !== 39) style.add(code)
  }
}

function isColour(code: number): boolean {
  return (code >= 30 && code <= 37) || (code >= 90 && code <= 97)
}
