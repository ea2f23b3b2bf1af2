// What a reviewer reads is what runs: characters that nobody sees, or that change how others look,
// are written out.

/**
 * Control and format characters (bidi marks, zero widths, tags), separators of lines, spaces that
 * are no plain space, private and unassigned characters, lone surrogates, fillers and variation
 * selectors.
 */
const unseen =
  /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}\p{Cs}\u115F\u1160\u3164\uFFA0]|\u034F|\u17B4|\u17B5|\p{Variation_Selector}|(?! )\p{Zs}/gu

/** A word of Latin letters and of others that look like them. */
const mixedWord = /[\p{L}\p{M}\p{N}_-]*\p{Script=Latin}[\p{L}\p{M}\p{N}_-]*/gu
const lookalike = /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}]/gu

/** As a string of JSON would write it, so that it stays one. */
function writtenOut(character: string): string {
  return [...Array(character.length).keys()]
    .map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`)
    .join('')
}

/** One line: breaks are written out too. */
export function visible(text: string): string {
  return text.replace(unseen, writtenOut).replace(mixedWord, (word) => word.replace(lookalike, writtenOut))
}

/** What people wrote, with its own lines. */
export function visibleLines(text: string): string {
  return text.replace(/\r\n/g, '\n').split('\n').map(visible).join('\n')
}

/** JSON over several lines; it parses to the same value. */
export function visibleJson(value: unknown): string {
  return JSON.stringify(value, null, 2).split('\n').map(visible).join('\n')
}
