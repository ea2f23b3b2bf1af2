import type { Advice } from '@xerotier/protocol/advice.ts'
import type { ErrorCode } from '@xerotier/protocol/errors.ts'
import { errorData } from './errors.data.ts'

/** The catalogue's entry, or undefined for a code that this version does not know. */
export function errorDataOf(code: string | null): { status: number; retry: boolean; advice: Advice } | undefined {
  return code !== null && Object.hasOwn(errorData, code) ? errorData[code as ErrorCode] : undefined
}
