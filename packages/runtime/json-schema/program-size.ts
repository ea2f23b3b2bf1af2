/** What has a table of Unicode to be made of. */
const tableSize = 20

const token = /\\p(?:\{[^}]*\}|.)|\\.|\[(?:\\.|[^\]\\])*\]|\{\d+(?:,\d*)?\}|./gisu

/**
 * About how many instructions a pattern becomes, found before they are made: what is counted is
 * repeated as often, so that `((a{10}){10}){10}` is short and its program is not.
 */
export function programSize(source: string): number {
  /** Of what stands before the groups that are open. */
  const outside: number[] = []
  let before = 0
  /** Of the last thing, which a count repeats. */
  let last = 0
  for (const [text] of source.matchAll(token)) {
    if (text === '(') {
      outside.push(before + last)
      before = 0
      last = 0
    } else if (text === ')') {
      last += before + 2
      before = outside.pop() ?? 0
    } else if (/^\{\d/.test(text)) last *= 1 + Math.max(...(text.match(/\d+/g) ?? []).map(Number))
    else if (/^[*+?|]$/.test(text)) last += 1
    else {
      before += last
      last = /\\p/i.test(text) ? tableSize : Math.ceil(text.length / 10)
    }
  }
  return before + last
}
