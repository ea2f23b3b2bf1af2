import type { ApiKey } from '@xerotier/protocol/api/api-keys.ts'
import type { ApiKeyRow } from '../../store/api-keys.ts'

export function presentApiKey(row: ApiKeyRow, now: number): ApiKey {
  const expired = row.expires_at !== null && row.expires_at.getTime() <= now
  const graceUntil = row.previous_expires_at
  return {
    id: row.id,
    object: 'api_key',
    name: row.name,
    user_id: row.user_id,
    user: row.user_email,
    prefix: row.prefix,
    scopes: row.scopes,
    is_active: row.revoked_at === null && !expired,
    ip_filter: row.ip_filter,
    quota: row.quota,
    workspaces: row.workspaces,
    created_at: row.created_at.toISOString(),
    expires_at: row.expires_at?.toISOString() ?? null,
    last_used_at: row.last_used_at?.toISOString() ?? null,
    revoked_at: row.revoked_at?.toISOString() ?? null,
    grace_until: graceUntil === null || graceUntil.getTime() <= now ? null : graceUntil.toISOString(),
  }
}
