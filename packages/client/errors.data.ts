// What a caller needs of the error catalogue. Plain data: see routes.data.ts.
import type { Advice } from '@xerotier/protocol/advice.ts'
import { type ErrorCode, errors } from '@xerotier/protocol/errors.ts'

export const errorData = Object.fromEntries(
  Object.entries(errors).map(([code, { status, retry, advice }]) => [code, { status, retry, advice }]),
) as { readonly [Code in ErrorCode]: { status: number; retry: boolean; advice: Advice } }
