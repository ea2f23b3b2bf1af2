// Every way in which xeroctl ends. Scripts branch on these: add, never change. `xeroctl help
// exit-codes` prints them.
import { errorDataOf } from '@xerotier/client/advice.ts'
import { ApiError, ConnectionError, InputError } from '@xerotier/client/api-error.ts'
import type { ExecutionState } from '@xerotier/protocol/lifecycles/execution.ts'

export const exitCodes = {
  ok: {
    code: 0,
    meaning: 'It worked. For a followed call: it completed. For `exec invoke --no-wait`: it was accepted, no more.',
  },
  unexpected: { code: 1, meaning: 'Something failed that none of the codes below names, in the router or in xeroctl.' },
  usage: { code: 2, meaning: 'The command line, the configuration or the request is wrong (HTTP 400, 405, 413, 415).' },
  refused: { code: 3, meaning: 'The API key is missing, not valid here, or not allowed to do this (HTTP 401, 403).' },
  notFound: {
    code: 4,
    meaning:
      'What was named does not exist in this project, or not any more (HTTP 404, 410; 400 for the tool of a call).',
  },
  conflict: {
    code: 5,
    meaning: 'The state of things does not allow it (HTTP 409, 412): decided, expired, finished or changed already.',
  },
  unavailable: {
    code: 6,
    meaning: 'Try again later: rate limit, quota, or nobody to do it (HTTP 429, 502, 503, 504).',
  },
  network: { code: 7, meaning: 'The router cannot be reached, or the connection was cut.' },
  failed: { code: 10, meaning: 'The followed call failed, whatever its own exit code was; that one is in the record.' },
  rejected: { code: 11, meaning: 'The followed call was rejected by a reviewer.' },
  expired: { code: 12, meaning: 'The followed call expired: nobody decided, or no agent could run it, in time.' },
  ambiguous: {
    code: 13,
    meaning: 'Whether the followed call took effect is not known: look, then `xeroctl exec resolve`.',
  },
  detached: {
    code: 14,
    meaning:
      'xeroctl stopped waiting (Ctrl-C, --wait ran out, or nobody reads its output any more, as with `| head`); the call goes on.',
  },
  incomplete: {
    code: 15,
    meaning:
      'The followed call completed, but what stands on our stdout is not all of its output, or is that of two runs.',
  },
  unproven: { code: 16, meaning: 'The audit log does not verify: what was printed says where.' },
  timeout: { code: 124, meaning: 'The followed call ran past its deadline and was killed.' },
  cancelled: { code: 130, meaning: 'The followed call was cancelled; or xeroctl was interrupted at a prompt.' },
} as const

export type ExitName = keyof typeof exitCodes

/**
 * How a followed call that ended in this state ends xeroctl. States that are no end count as
 * detached.
 */
export function exitOfState(state: ExecutionState): number {
  return exitCodes[exitOfStates[state] ?? 'detached'].code
}

const exitOfStates: Partial<Record<ExecutionState, ExitName>> = {
  completed: 'ok',
  failed: 'failed',
  timeout: 'timeout',
  cancelled: 'cancelled',
  rejected: 'rejected',
  expired: 'expired',
  ambiguous: 'ambiguous',
}

/** The command line or the configuration is wrong; the message says how. */
export class UsageError extends Error {
  readonly hint: string | undefined

  constructor(message: string, hint?: string) {
    super(message)
    this.name = 'UsageError'
    this.hint = hint
  }
}

/** A person interrupted a prompt. */
export class Interrupted extends Error {}

export function exitOfError(error: unknown): number {
  return exitCodes[nameOfError(error)].code
}

function nameOfError(error: unknown): ExitName {
  if (error instanceof UsageError || error instanceof InputError) return 'usage'
  if (error instanceof Interrupted) return 'cancelled'
  if (error instanceof ConnectionError) return 'network'
  // By the code where it is known: one code can come with two statuses, and scripts branch on what
  // it means.
  if (error instanceof ApiError) return exitOfStatus[errorDataOf(error.code)?.status ?? error.status] ?? 'unexpected'
  return 'unexpected'
}

/** As if the router had refused the whole request so. */
export function exitOfCode(code: string): number {
  return exitCodes[exitOfStatus[errorDataOf(code)?.status ?? 0] ?? 'unexpected'].code
}

const exitOfStatus: Record<number, ExitName> = {
  400: 'usage',
  405: 'usage',
  413: 'usage',
  415: 'usage',
  401: 'refused',
  403: 'refused',
  404: 'notFound',
  410: 'notFound',
  409: 'conflict',
  412: 'conflict',
  429: 'unavailable',
  502: 'unavailable',
  503: 'unavailable',
  504: 'unavailable',
}
