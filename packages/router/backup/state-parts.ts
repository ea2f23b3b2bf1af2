// What a backup has of the state folder.
import { chmodSync, copyFileSync, existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { makeFolder } from '@xerotier/runtime/make-folder.ts'

/** Keys, and the last checkpoints of the audit logs. */
export const stateParts = ['keys', 'audit'] as const

/** For their owner alone, whatever they were. Folders in them are none of ours. */
export function copyStateParts(from: string, to: string): void {
  for (const part of stateParts) {
    const folder = join(from, part)
    if (!existsSync(folder)) continue
    makeFolder(join(to, part), 0o700)
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (!entry.isFile()) continue
      const copy = join(to, part, entry.name)
      copyFileSync(join(folder, entry.name), copy)
      chmodSync(copy, 0o600)
    }
  }
}
