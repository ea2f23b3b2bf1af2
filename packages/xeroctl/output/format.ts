export const formats = ['table', 'wide', 'json', 'yaml', 'name', 'ndjson'] as const
export type Format = (typeof formats)[number]
