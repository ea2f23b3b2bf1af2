/** What browsers call themselves is a history of browsers. */
export function browserText(name: string): string {
  const [, browser] = /(Firefox\/\d+|Edg\/\d+|Chrome\/\d+|Version\/\d+(?=.*Safari))/.exec(name) ?? []
  const [, system] = /\(([^;)]+)/.exec(name) ?? []
  return browser === undefined
    ? name || '–'
    : `${browser.replace('/', ' ').replace('Version', 'Safari').replace('Edg ', 'Edge ')}, ${system ?? ''}`
}
