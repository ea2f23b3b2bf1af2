import { group } from '../../command.ts'
import { auditExport } from './export.ts'
import { auditList } from './list.ts'
import { auditLog } from './log.ts'
import { auditShow } from './show.ts'
import { auditVerify } from './verify.ts'
import { auditWatch } from './watch.ts'

export const audit = group({
  name: 'audit',
  summary: 'What was done, read and refused, by whom, and the proof of it',
  members: [auditList, auditShow, auditWatch, auditLog, auditVerify, auditExport],
  bare: { list: auditList, show: auditShow },
})
