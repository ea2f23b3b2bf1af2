// What a caller needs of the error catalogue. Plain data: see routes.data.ts.
import { type ErrorCode, errors } from '@xerotier/protocol/errors.ts'

export const errorData = Object.fromEntries(
  Object.entries(errors).map(([code, { retry, advice }]) => [code, { retry, advice }]),
) as { readonly [Code in ErrorCode]: { retry: boolean; advice: string } }
