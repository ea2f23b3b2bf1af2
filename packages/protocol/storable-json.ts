/** As JSON writes it: a NUL character, or half of a surrogate pair. jsonb holds neither. */
const unstorable = /(?<!\\)((?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})/gi

/** Whether jsonb holds the value. */
export function isStorableJson(value: unknown): boolean {
  return (JSON.stringify(value) ?? 'null').search(unstorable) === -1
}

/** JSON text that jsonb can hold: what it refuses becomes U+FFFD. */
export function storableJson(value: unknown): string {
  const text = JSON.stringify(value) ?? 'null'
  return text.includes('\\u') ? text.replace(unstorable, '$1\ufffd') : text
}
