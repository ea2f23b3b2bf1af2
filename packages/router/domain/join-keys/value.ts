// The value of a join key: `xjk_` and a JWT signed by the router. It is shown once, and the row
// keeps its id only.

import { type AgentRole, agentRoleSchema } from '@xerotier/protocol/api/join-keys.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import { joinKeyPattern } from '@xerotier/protocol/ids.ts'
import type { JoinKeyRow } from '../../store/join-keys.ts'
import type { Identity } from '../identity.ts'
import type { Records } from '../records.ts'
import type { ServerKeys } from '../router-keys/server-keys.ts'
import { readToken, signToken } from '../signed-token.ts'

const prefix = 'xjk_'

export interface JoinKeyClaims {
  id: string
  projectId: string
  role: AgentRole
}

export async function mintJoinKeyValue(
  core: { identity: Identity; serverKeys: ServerKeys },
  row: JoinKeyRow,
): Promise<string> {
  const { id: jti, project_id: project, role, name, region, router_addr } = row
  const curve = core.serverKeys.current.publicKey
  const times = { issuedAt: row.created_at, expiresAt: row.expires_at }
  return (
    prefix + (await signToken(core, 'xem-join-key', { jti, project, role, name, region, router_addr, curve }, times))
  )
}

/** @throws Fault join_key_invalid, join_key_expired */
export async function readJoinKeyValue(
  core: Pick<Records, 'clock'> & { identity: Identity },
  value: string,
): Promise<JoinKeyClaims> {
  if (!joinKeyPattern.test(value)) throw new Fault('join_key_invalid', { param: 'join_key' })
  const claims = await readToken(core, 'xem-join-key', value.slice(prefix.length), ['jti', 'project', 'role'])
  if (claims === 'expired') throw new Fault('join_key_expired', { param: 'join_key' })
  if (claims === 'invalid') throw new Fault('join_key_invalid', { param: 'join_key' })
  const role = agentRoleSchema.safeParse(claims.role)
  if (!role.success) throw new Fault('join_key_invalid', { param: 'join_key' })
  return { id: claims.jti, projectId: claims.project, role: role.data }
}
