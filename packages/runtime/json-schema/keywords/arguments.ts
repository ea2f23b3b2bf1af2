// What a keyword may be given. Each refuses another value with the place of the keyword.
import { isRecord } from '@xerotier/protocol/record.ts'
import { type Context, refuse } from '../context.ts'

export function numberFrom(value: unknown, { place }: Context): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) refuse(place, 'must be a number')
  return value
}

export function countFrom(value: unknown, context: Context): number {
  const count = numberFrom(value, context)
  if (!Number.isInteger(count) || count < 0) refuse(context.place, 'must be a whole number, 0 or more')
  return count
}

export function textFrom(value: unknown, { place }: Context): string {
  if (typeof value !== 'string') refuse(place, 'must be text')
  return value
}

export function truthFrom(value: unknown, { place }: Context): boolean {
  if (typeof value !== 'boolean') refuse(place, 'must be true or false')
  return value
}

export function listFrom(value: unknown, { place }: Context): readonly unknown[] {
  if (!Array.isArray(value)) refuse(place, 'must be a list')
  return value
}

export function namesFrom(value: unknown, { place }: Context): readonly string[] {
  const isName = (name: unknown): name is string => typeof name === 'string'
  if (!Array.isArray(value) || !value.every(isName)) refuse(place, 'must be a list of names')
  return value
}

/** Own members only, whatever they are called. */
export function membersFrom(value: unknown, { place }: Context): [string, unknown][] {
  if (!isRecord(value)) refuse(place, 'must be an object')
  return Object.entries(value)
}
