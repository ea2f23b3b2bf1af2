import type { JoinKey } from '@xerotier/protocol/api/join-keys.ts'
import type { JoinKeyRow } from '../../store/join-keys.ts'

/** An unused key past its time shows as expired, whether or not anything has written that down. */
export function presentJoinKey(row: JoinKeyRow, now: number): JoinKey {
  return {
    id: row.id,
    object: 'join_key',
    name: row.name,
    role: row.role,
    region: row.region,
    router_addr: row.router_addr,
    state: row.state === 'unused' && row.expires_at.getTime() <= now ? 'expired' : row.state,
    require_approval: row.require_approval,
    created_at: row.created_at.toISOString(),
    expires_at: row.expires_at.toISOString(),
    consumed_at: row.consumed_at?.toISOString() ?? null,
    consumed_by: row.consumed_by,
    revoked_at: row.revoked_at?.toISOString() ?? null,
  }
}
