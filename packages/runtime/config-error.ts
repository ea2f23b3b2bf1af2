import { configExitCode, StartError } from './start-error.ts'

/** Settings with which a process cannot start: all reasons at once, none holds a secret. */
export class ConfigError extends StartError {
  readonly code: 'invalidConfigFile' | 'invalidValue' | 'missingRequired' | 'unknownFlag'

  constructor(code: ConfigError['code'], message: string) {
    super(configExitCode, message)
    this.name = 'ConfigError'
    this.code = code
  }
}
