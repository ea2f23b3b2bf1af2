// The end of a text that is too long for a terminal.

const mostRows = 50

/**
 * The last lines that fill no more than 50 rows; of a last line that is longer its end. `hidden`
 * counts the characters before.
 * @param columns of the terminal; undefined for none, which gets the whole text
 */
export function endOf(text: string, columns: number | undefined): { shown: string; hidden: number } {
  if (columns === undefined) return { shown: text, hidden: 0 }
  let from = text.length
  for (let rows = 0; from > 0; ) {
    // The line break at the end of a line belongs to it.
    const start = from === 1 ? 0 : text.lastIndexOf('\n', from - 2) + 1
    rows += Math.max(1, Math.ceil((from - start) / columns))
    if (rows > mostRows) {
      if (from === text.length) from -= mostRows * columns
      break
    }
    from = start
  }
  return { shown: text.slice(from), hidden: from }
}
