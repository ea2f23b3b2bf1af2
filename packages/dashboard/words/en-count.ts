const plural = new Intl.PluralRules('en')
/** `1 call`, `2,000 calls`. */
export const count = (n: number, one: string, many: string) =>
  `${n.toLocaleString('en')} ${plural.select(n) === 'one' ? one : many}`
