/** Why a process cannot start with the settings it was given: all reasons at once, none holds a secret. */
export class ConfigError extends Error {
  readonly code: 'invalidConfigFile' | 'invalidValue' | 'missingRequired' | 'unknownFlag'

  constructor(code: ConfigError['code'], message: string) {
    super(message)
    this.name = 'ConfigError'
    this.code = code
  }
}

/** sysexits.h EX_CONFIG: tells a supervisor that starting again does not help. */
export const configExitCode = 78
