// YAML that every parser reads back as it was. Many still follow YAML 1.1, where a bare `no` is
// false, 1:30 is ninety and a date is no text.

/**
 * What they take for a line break, for another value or for no character at all where it stands
 * bare.
 */
const onlyQuoted = /^=$|[\t\x7f-\x9f\p{Zl}\p{Zp}\p{Cf}\p{Default_Ignorable_Code_Point}]/u
const onlyEscaped = /[\x7f-\x9f\p{Zl}\p{Zp}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu

export async function yamlOf(value: unknown): Promise<string> {
  const { Document, visit } = await import('yaml')
  const document = new Document(value, { compat: 'yaml-1.1' })
  visit(document, {
    Scalar(_, scalar) {
      if (typeof scalar.value === 'string' && onlyQuoted.test(scalar.value)) scalar.type = 'QUOTE_DOUBLE'
    },
  })
  // Each of them is inside double quotes by now.
  return document.toString().replace(onlyEscaped, codeOf)
}

function codeOf(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16)
  return code.length > 4 ? `\\U${code.padStart(8, '0')}` : `\\u${code.padStart(4, '0')}`
}
