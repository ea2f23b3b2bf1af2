import type { ApiKey } from '@xerotier/protocol/api/api-keys.ts'
import type { RecordView, View } from '../output/view.ts'

export const keyView: View<ApiKey> = {
  name: (key) => key.id,
  columns: [
    { header: 'ID', value: (key) => key.id },
    { header: 'NAME', value: (key) => key.name },
    { header: 'USER', value: (key) => key.user ?? 'service', dropOrder: 5 },
    { header: 'PREFIX', value: (key) => key.prefix, dropOrder: 1 },
    { header: 'SCOPES', value: (key) => key.scopes.join(','), dropOrder: 4 },
    { header: 'ACTIVE', value: (key) => key.is_active },
    { header: 'LAST_USED', value: (key) => ({ time: key.last_used_at }), dropOrder: 2 },
    { header: 'EXPIRES', value: (key) => ({ due: key.expires_at }), dropOrder: 3 },
    { header: 'CREATED', value: (key) => ({ time: key.created_at }), wide: true },
    { header: 'QUOTA', value: quotaOf, wide: true },
    { header: 'WORKSPACES', value: workspacesOf, wide: true },
  ],
}

export const keyRecord: RecordView<ApiKey> = {
  name: keyView.name,
  detail: (key) => ({
    fields: [
      ['Id', key.id],
      ['Name', key.name],
      ['Acts as', userOf(key)],
      ['Prefix', key.prefix],
      ['Scopes', key.scopes.join(', ')],
      ['Workspaces', workspacesOf(key)],
      ['Active', key.is_active],
      [
        'Allowed addresses',
        key.ip_filter === null || key.ip_filter.allow.length === 0 ? 'any' : key.ip_filter.allow.join(', '),
      ],
      [
        'Blocked addresses',
        key.ip_filter === null || key.ip_filter.block.length === 0 ? 'none' : key.ip_filter.block.join(', '),
      ],
      ['Quota', quotaOf(key) ?? 'none'],
      ['Created', { time: key.created_at }],
      ['Last used', { time: key.last_used_at }],
      ['Expires', { due: key.expires_at }],
      ['Revoked', { time: key.revoked_at }],
      ['Old value works until', { due: key.grace_until }],
    ],
  }),
}

/** A router older than this field leaves it out. */
function userOf({ user, user_id }: Partial<ApiKey>): string {
  return user && user_id ? `${user} (${user_id})` : 'nobody: a service key'
}

/** A router older than this field leaves it out. */
function workspacesOf({ workspaces }: Partial<ApiKey>): string {
  return workspaces?.map(({ name }) => name).join(', ') ?? 'all'
}

function quotaOf(key: ApiKey): string | null {
  return key.quota === null ? null : `${key.quota.requests} per ${key.quota.window_seconds} s`
}
