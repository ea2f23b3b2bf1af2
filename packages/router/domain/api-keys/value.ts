import { randomBytes } from 'node:crypto'
import { sha256 } from '@xerotier/runtime/digest.ts'

export interface ApiKeyValue {
  /** `xero_<slug>_<256 random bits>`. Shown once. */
  value: string
  /** What is stored. */
  hash: Buffer
  prefix: string
}

export function newApiKeyValue(slug: string): ApiKeyValue {
  const head = `xero_${slug}_`
  return apiKeyValueOf(head + randomBytes(32).toString('base64url'))
}

export function apiKeyValueOf(value: string): ApiKeyValue {
  // base64url may hold `_`, the slug never does.
  const head = value.indexOf('_', 'xero_'.length) + 1
  return { value, hash: sha256(Buffer.from(value)), prefix: value.slice(0, head + 6) }
}
