/**
 * Why a process cannot start, in words for the operator,
 * with the exit code that tells its supervisor what to do.
 */
export class StartError extends Error {
  readonly exitCode: number

  constructor(exitCode: number, message: string) {
    super(message)
    this.name = 'StartError'
    this.exitCode = exitCode
  }
}

/** sysexits.h EX_NOPERM and EX_CONFIG: starting again does not help. */
export const notPermittedExitCode = 77
export const configExitCode = 78
