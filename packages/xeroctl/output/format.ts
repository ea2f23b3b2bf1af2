export const formats = ['table', 'wide', 'json', 'yaml', 'name', 'ndjson'] as const
export type Format = (typeof formats)[number]

/** What was asked for with -o. */
export interface OutputChoice {
  format: Format
  /** A template that stands in place of the JSON. */
  jsonpath?: string
}
