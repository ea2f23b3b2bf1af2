import type { Advice } from '@xerotier/protocol/advice.ts'
import { isKeyOf } from '@xerotier/protocol/table.ts'
import { errorData } from './errors.data.ts'

/** The catalogue's entry, or undefined for a code that this version does not know. */
export function errorDataOf(code: string | null): { status: number; retry: boolean; advice: Advice } | undefined {
  return code !== null && isKeyOf(errorData, code) ? errorData[code] : undefined
}
