// What was done, and the proof of it.
import {
  auditEntriesQuerySchema,
  auditLogSchema,
  auditQuerySchema,
  auditRecordDetailSchema,
  auditRecordSchema,
  auditStreamQuerySchema,
} from '../api/audit.ts'
import { pageOf } from '../api/page.ts'
import { textSchema } from '../ids.ts'
import { route } from '../route.ts'
import { inProject, management, withId } from './paths-and-scopes.ts'

const segment = textSchema(32)
const tileSummary = 'Hashes of the audit log, or entries: a tile (C2SP tlog-tiles)'
const ofTile = inProject.extend({
  level: textSchema(8).describe('A level of the tree, or `entries`.'),
  tile: segment.describe(
    'Number of the tile in groups of three digits: `067`, `x001/234`; `067.p/12` where it is partial.',
  ),
})

export const auditRoutes = {
  'audit.records': route({
    method: 'GET',
    path: '/:project_id/v1/audit/records',
    tag: 'audit',
    summary: 'List what was done, read and refused, newest first',
    auth: management,
    params: inProject,
    query: auditQuerySchema,
    response: pageOf(auditRecordSchema),
    status: [200],
    errors: [],
  }),
  'audit.stream': route({
    method: 'GET',
    path: '/:project_id/v1/audit/records/stream',
    tag: 'audit',
    summary: 'Stream what is done, read and refused',
    auth: management,
    headers: ['Last-Event-ID'],
    params: inProject,
    query: auditStreamQuerySchema,
    response: 'sse',
    events: auditRecordSchema,
    status: [200],
    errors: [],
  }),
  'audit.record': route({
    method: 'GET',
    path: '/:project_id/v1/audit/records/:id',
    tag: 'audit',
    summary: 'Show a record with the proof that it is in the log',
    auth: management,
    params: withId,
    response: auditRecordDetailSchema,
    status: [200],
    errors: ['audit_record_not_found'],
  }),
  'audit.log': route({
    method: 'GET',
    path: '/:project_id/v1/audit/log',
    tag: 'audit',
    summary: 'Show how far the audit log is sealed, and with which key',
    auth: management,
    params: inProject,
    response: auditLogSchema,
    status: [200],
    errors: [],
  }),
  'audit.checkpoint': route({
    method: 'GET',
    path: '/:project_id/v1/audit/checkpoint',
    tag: 'audit',
    summary: 'The newest checkpoint of the audit log: a signed note (C2SP tlog-checkpoint)',
    auth: management,
    params: inProject,
    response: 'text',
    status: [200],
    errors: ['audit_tile_not_found'],
  }),
  'audit.entries': route({
    method: 'GET',
    path: '/:project_id/v1/audit/entries',
    tag: 'audit',
    summary: 'Entries of the audit log, one a line, as their hashes are made of them; null for one that is gone',
    auth: management,
    params: inProject,
    query: auditEntriesQuerySchema,
    response: 'bytes',
    status: [200],
    errors: ['audit_tile_not_found'],
  }),
  'audit.tile': route({
    method: 'GET',
    path: '/:project_id/v1/audit/tile/:level/:tile',
    tag: 'audit',
    summary: tileSummary,
    auth: management,
    params: ofTile,
    response: 'bytes',
    status: [200],
    errors: ['audit_tile_not_found'],
  }),
  'audit.tileBelow': route({
    method: 'GET',
    path: '/:project_id/v1/audit/tile/:level/:tile/:below',
    tag: 'audit',
    summary: `${tileSummary}, whose number has six digits, or which is partial`,
    auth: management,
    params: ofTile.extend({ below: segment }),
    response: 'bytes',
    status: [200],
    errors: ['audit_tile_not_found'],
  }),
  'audit.tileFarBelow': route({
    method: 'GET',
    path: '/:project_id/v1/audit/tile/:level/:tile/:below/:last',
    tag: 'audit',
    summary: `${tileSummary}, whose number has nine digits, or six and is partial`,
    auth: management,
    params: ofTile.extend({ below: segment, last: segment }),
    response: 'bytes',
    status: [200],
    errors: ['audit_tile_not_found'],
  }),
} as const
