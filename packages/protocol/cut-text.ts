/** As a record can hold it: what is no text becomes U+FFFD. */
export function storableText(text: string, most: number): string {
  return cutText(text.toWellFormed().replaceAll('\0', '\ufffd'), most)
}

/** At most this many UTF-16 code units of a text, and no half of a character at its end. */
export function cutText(text: string, most: number): string {
  if (text.length <= most) return text
  const last = text.charCodeAt(most - 1)
  const isLeadingHalf = last >= 0xd800 && last <= 0xdbff
  return text.slice(0, isLeadingHalf ? most - 1 : most)
}
