import { canonicalJson } from '@xerotier/protocol/canonical.ts'
import { type CallTuple, callText } from '@xerotier/protocol/grant.ts'
import { sha256Hex } from '@xerotier/runtime/digest.ts'
import type { ExecutionRow } from '../../store/tables.ts'

/** SHA-256 over everything that decides what one call does (law L3), hex. */
export function callDigest(
  row: Pick<
    ExecutionRow,
    | 'id'
    | 'project_id'
    | 'workspace_id'
    | 'tool'
    | 'schema_digest'
    | 'args'
    | 'credentials_ref'
    | 'risk'
    | 'policy_version'
  >,
): string {
  const { id, project_id, workspace_id, tool, schema_digest, args, credentials_ref, risk, policy_version } = row
  const tuple: CallTuple = {
    execution_id: id,
    project_id,
    workspace_id,
    tool,
    schema_digest,
    args,
    credentials_ref,
    risk,
    policy_version,
  }
  return sha256Hex(callText(tuple, canonicalArguments(row.args)))
}

/** Arguments are never changed in place, so their canonical JSON is made once. */
const texts = new WeakMap<object, string>()

/** Canonical JSON of a call's arguments. @throws TypeError for what JSON cannot hold */
export function canonicalArguments(args: Record<string, unknown>): string {
  let text = texts.get(args)
  if (text === undefined) {
    text = canonicalJson(args)
    texts.set(args, text)
  }
  return text
}
