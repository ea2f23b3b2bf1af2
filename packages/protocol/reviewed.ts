// What a reviewer reads is what runs: whatever is not seen, or looks like something else, is shown
// as its code. The same on every surface.

/** Texts longer than this are shown by their two ends. */
const shownCharacters = 2_000

/** What takes no room, turns the direction of reading, or is a space that is none. */
const unseen = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|(?! )\p{Zs}/u
const plainAscii = /^[\x20-\x7e]*$/
const otherAlphabets =
  /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}\p{Script=Coptic}\p{Script=Lisu}]/u
/** Forms of ASCII characters: full width, mathematical, in circles. */
const formsOfAscii = /[\uff01-\uff5e\u{1d400}-\u{1d7ff}\u2460-\u24ff\u2100-\u214f]/u
/** Of the other alphabets, what looks like ASCII by itself. */
const lookalikes = /^[аАВеЕѕЅіІјЈкКМНоОрРсСТуУхХһԁԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧνοϲօս]+$/u

/**
 * A text with the codes of what deceives in it, as JSON writes them: `\u202e`. Line breaks too. A
 * text that has been through this stays as it is.
 */
export function reviewed(text: string): string {
  if (plainAscii.test(text)) return text
  // A word is judged whole: one of two alphabets deceives, and so does one that could be ASCII.
  return text.replace(/[\p{L}\p{M}\p{N}]+|[^\p{L}\p{M}\p{N}]/gu, (part) => {
    const mixed = otherAlphabets.test(part) && (/[A-Za-z]/.test(part) || lookalikes.test(part))
    return part.replace(/./gsu, (character) =>
      unseen.test(character) || formsOfAscii.test(character) || (mixed && otherAlphabets.test(character))
        ? codeOf(character)
        : character,
    )
  })
}

/** What people wrote, with its own lines. */
export function reviewedLines(text: string): string {
  return text.replace(/\r\n/g, '\n').split('\n').map(reviewed).join('\n')
}

/** JSON for people, whole: it parses to the same value. */
export function reviewedWhole(value: unknown): string {
  // Line breaks of the layout stay, those of values are codes already.
  return reviewedLines(JSON.stringify(value, null, 2))
}

/** JSON for people. Long texts are cut in the middle, with how much is left out of how much. */
export function reviewedJson(value: unknown, indent = 0): string {
  const text = JSON.stringify(value, (_, member) => (typeof member === 'string' ? shortened(member) : member), indent)
  return reviewedLines(text)
}

/** How many texts of a value `reviewedJson` cuts: whoever shows it says where all of it is. */
export function cutTexts(value: unknown): number {
  let found = 0
  JSON.stringify(value, (_, member) => {
    if (typeof member === 'string' && member.length > shownCharacters) found++
    return member
  })
  return found
}

function shortened(text: string): string {
  if (text.length <= shownCharacters) return text
  const left = text.length - shownCharacters
  const mark = `${left} of ${text.length} characters are not shown`
  return `${text.slice(0, shownCharacters / 2)} … ${mark} … ${text.slice(-shownCharacters / 2)}`
}

function codeOf(character: string): string {
  const units = Array.from({ length: character.length }, (_, at) => character.charCodeAt(at))
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('')
}
