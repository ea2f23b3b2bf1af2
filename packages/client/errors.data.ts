// What a caller needs of the error catalogue. Plain data: see routes.data.ts.
import type { Advice } from '@xerotier/protocol/advice.ts'
import { errors } from '@xerotier/protocol/errors.ts'
import { mapTable } from '@xerotier/protocol/table.ts'

interface ErrorData {
  status: number
  retry: boolean
  advice: Advice
}

export const errorData = mapTable(errors, ({ status, retry, advice }): ErrorData => ({ status, retry, advice }))
