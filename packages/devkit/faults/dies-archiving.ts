// A router that dies at a chosen step of an export, or of a seal of the audit log.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Core } from '@xerotier/router/core.ts'

/** In their order. */
export const exportSteps = [
  'export under way, nothing written',
  'archive half written',
  'archive in place, not on record',
  'export completed, nobody told',
] as const

/** Of an archive with several files of rows. */
export const longExportStep = 'third file of rows half written'

export const sealSteps = [
  'records appended, not signed',
  'seal committed, checkpoint not kept',
  'checkpoint half kept',
] as const

export type ArchivingStep = (typeof exportSteps)[number] | typeof longExportStep | (typeof sealSteps)[number]

/** @param dieAt called at each step that is reached */
export function markArchiving(core: Core, stateDir: string, dieAt: (step: ArchivingStep) => void): void {
  markExport(core, dieAt)
  markSeal(core, stateDir, dieAt)
}

function markExport({ archives, eventLog }: Core, dieAt: (step: ArchivingStep) => void): void {
  const { write } = archives
  const { wake } = eventLog
  let isInPlace = false
  archives.write = async (id, length, make) => {
    await write(id, length, ({ put, sync }) => {
      dieAt('export under way, nothing written')
      let [pieces, files] = [0, 0]
      return make({
        async put(bytes) {
          await put(bytes)
          if (++pieces === 3) dieAt('archive half written')
          if (files === 2) dieAt(longExportStep)
        },
        async sync() {
          await sync()
          files++
        },
      })
    })
    dieAt('archive in place, not on record')
    isInPlace = true
  }
  // Whoever has committed something wakes the readers of the log.
  eventLog.wake = () => {
    if (isInPlace) dieAt('export completed, nobody told')
    wake()
  }
}

function markSeal({ identity, heads }: Core, stateDir: string, dieAt: (step: ArchivingStep) => void): void {
  const { sign } = identity.auditKey
  const { keep } = heads
  identity.auditKey.sign = (bytes) => {
    dieAt('records appended, not signed')
    return sign(bytes)
  }
  heads.keep = (projectId, note) => {
    dieAt('seal committed, checkpoint not kept')
    writeFileSync(join(stateDir, 'audit', `${projectId}.checkpoint.tmp`), note.slice(0, 20))
    dieAt('checkpoint half kept')
    keep(projectId, note)
  }
}
