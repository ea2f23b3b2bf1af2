/**
 * Lines of at most `width` columns, broken between words
 * only: a longer word stands alone on a longer line.
 * @param indent before each line but the first
 */
export function wrapWords(
  words: readonly string[],
  width: number,
  widthOf: (text: string) => number = (text) => text.length,
  indent = '',
): string[] {
  const lines: string[] = []
  for (const word of words) {
    const last = lines.at(-1)
    if (last !== undefined && widthOf(last) + 1 + widthOf(word) <= width) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(last === undefined ? word : `${indent}${word}`)
  }
  return lines
}
