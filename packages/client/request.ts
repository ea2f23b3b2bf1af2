// From a route and its input to what goes over the wire. Pure, so that a dry run can show it.
import type { Address } from './address.ts'
import { InputError } from './api-error.ts'
import type { LooseInput } from './call-types.ts'
import type { RouteData } from './routes.data.ts'

export interface PlannedRequest {
  method: string
  url: string
  headers: Record<string, string>
  body: string | undefined
  /** Statuses that are a success besides 2xx. */
  success: readonly number[]
}

const accepted: Record<RouteData['answer'], string> = {
  json: 'application/json',
  sse: 'text/event-stream',
  bytes: '*/*',
  text: 'text/plain',
  document: 'application/json',
}

/**
 * @throws InputError for a path parameter that is missing or cannot stand in a path, and for a
 * value that cannot stand in a header
 */
export function planRequest(
  address: Address,
  apiKey: string | undefined,
  route: RouteData,
  input: LooseInput,
): PlannedRequest {
  const params: Record<string, unknown> = { ...input.params, project_id: address.project }
  const path = route.path.replace(/:([a-z_]+)/g, (_, name: string) => {
    const value = params[name]
    // `.` and `..` would be resolved away by the URL parser, and lead to another route.
    if (value === undefined || value === '') throw new InputError(`the ${name} is empty`)
    if (value === '.' || value === '..') throw new InputError(`'${value}' is no ${name}`)
    return encodeURIComponent(String(value))
  })
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(input.query ?? {})) {
    if (value !== undefined) query.append(name, String(value))
  }
  const headers: Record<string, string> = { accept: accepted[route.answer] }
  if (apiKey !== undefined && apiKey !== '') headers.authorization = `Bearer ${inHeader(apiKey, 'API key')}`
  if (input.idempotencyKey !== undefined) {
    headers['idempotency-key'] = inHeader(input.idempotencyKey, 'idempotency key')
  }
  if (input.ifMatch !== undefined) headers['if-match'] = `"${input.ifMatch}"`
  const body = input.body === undefined ? undefined : JSON.stringify(input.body)
  if (body !== undefined) headers['content-type'] = 'application/json'
  const search = query.size === 0 ? '' : `?${query}`
  return { method: route.method, url: `${address.origin}${path}${search}`, headers, body, success: route.status }
}

/** Whether it is one word of printable ASCII, as keys are. */
export function fitsHeader(value: string): boolean {
  return /^[\x21-\x7e]*$/.test(value)
}

/**
 * Checked here because fetch's own error quotes the value, and a key must never be read anywhere.
 * @throws InputError
 */
export function inHeader(value: string, name: string): string {
  if (fitsHeader(value)) return value
  throw new InputError(`the ${name} holds white space or characters that are no printable ASCII`)
}
