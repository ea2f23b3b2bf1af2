import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'

/** The step at which a process is to die, in a file: a test arms the process while it runs. */
export interface Trigger<Step extends string> {
  arm(step: Step): void
  disarm(): void
  /** The step, while it is armed. */
  armed(): string | undefined
}

export function triggerIn<Step extends string>(file: string): Trigger<Step> {
  return {
    arm(step) {
      writeFileSync(`${file}.new`, step)
      renameSync(`${file}.new`, file)
    },
    disarm: () => rmSync(file, { force: true }),
    armed() {
      try {
        return readFileSync(file, 'utf8')
      } catch {
        return undefined
      }
    },
  }
}
