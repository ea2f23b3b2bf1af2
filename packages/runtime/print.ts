import { codeOf } from '@xerotier/protocol/thrown.ts'

/**
 * To stdout, of a program that ends then. Whoever has read enough may close it: `--help | head`.
 */
export function print(text: string): void {
  process.stdout.once('error', (error) => {
    if (codeOf(error) !== 'EPIPE') throw error
  })
  process.stdout.write(text)
}
