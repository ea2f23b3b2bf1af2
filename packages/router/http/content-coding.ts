/** https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3 */
export function takesCoding(acceptEncoding: string | string[] | undefined, coding: string): boolean {
  const codings = [acceptEncoding ?? []].flat().join(',').toLowerCase().split(',')
  const weights = new Map(
    codings.map((one) => {
      const [name = '', weight = 'q=1'] = one.split(';').map((part) => part.trim())
      return [name, Number(weight.replace(/^q=/, ''))]
    }),
  )
  return (weights.get(coding) ?? weights.get('*') ?? 0) > 0
}
