// JSON may write numbers that no IEEE 754 double is: who reads them with JSON.parse gets others,
// and is not told.

export interface RoundedNumber {
  /** As it is written. */
  text: string
  /** What it is read as. */
  value: number
}

/** Most texts have none of these, and need no closer look. */
const suspicious = /\d[\d.]{15}|\d[eE][+-]?\d/
/** Strings, which may hold anything; numbers with an exponent; numbers of many digits. */
const token = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.]*[eE][+-]?\d+|-?\d[\d.]{15,}/g

/**
 * The numbers of a JSON text that JSON.parse reads as others.
 * @param json valid, as JSON.parse has found
 */
export function* roundedNumbers(json: string): Generator<RoundedNumber, void> {
  if (!suspicious.test(json)) return
  for (const [text] of json.matchAll(token)) {
    if (text.startsWith('"')) continue
    const value = Number(text)
    if (digitsOf(text) !== digitsOf(String(value))) yield { text, value }
  }
}

/** The same for all ways to write a number: its sign, its digits, and where the point stands. */
function digitsOf(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? []
  const digits = `${whole}${fraction}`.replace(/^0+/, '')
  const significant = withoutEnd(digits)
  if (significant === '') return whole === '' ? text : '0'
  return `${sign}${significant}e${BigInt(exponent) - BigInt(fraction.length) + BigInt(digits.length - significant.length)}`
}

/** Not /0+$/, which looks at each run of zeros anew. */
function withoutEnd(digits: string): string {
  let end = digits.length
  while (end > 0 && digits[end - 1] === '0') end--
  return digits.slice(0, end)
}
