// Migrations go forward only, each in its own transaction, under an advisory lock: two routers
// never race.

import { codeOf } from '@xerotier/protocol/thrown.ts'
import { sha256Hex } from '@xerotier/runtime/digest.ts'
import pg from 'pg'
import { lifecycleTriggers } from './lifecycle-triggers.ts'
import { foundation } from './migrations/0001-foundation.ts'
import { standbyAndLists } from './migrations/0002-standby-and-lists.ts'
import { followers } from './migrations/0003-followers.ts'
import { wire2 } from './migrations/0004-wire-2.ts'
import { enrolledKeysVersion } from './migrations/0005-enrolled-keys-version.ts'
import { indexesWithoutStatistics } from './migrations/0006-indexes-without-statistics.ts'
import { endsOfWorkspaces } from './migrations/0007-ends-of-workspaces.ts'
import { whatRuns } from './migrations/0008-what-runs.ts'
import { kindsOfCalls } from './migrations/0009-kinds-of-calls.ts'
import { kindsOfApprovals } from './migrations/0010-kinds-of-approvals.ts'
import { knownRisks } from './migrations/0011-known-risks.ts'
import { kindsByTheRouter } from './migrations/0012-kinds-by-the-router.ts'
import { vacuum } from './migrations/0013-vacuum.ts'
import { people } from './migrations/0020-people.ts'
import { whoActed } from './migrations/0021-who-acted.ts'
import { policies } from './migrations/0023-policies.ts'
import { votes } from './migrations/0024-votes.ts'
import { notifications } from './migrations/0026-notifications.ts'
import { notices } from './migrations/0027-notices.ts'
import { approvalLinks } from './migrations/0028-approval-links.ts'
import { pauses } from './migrations/0029-pauses.ts'
import { candidates } from './migrations/0030-candidates.ts'
import { audit } from './migrations/0032-audit.ts'
import { requesters } from './migrations/0036-requesters.ts'
import { retries } from './migrations/0037-retries.ts'
import { encryption } from './migrations/0038-encryption.ts'
import { exports } from './migrations/0040-exports.ts'
import { retention } from './migrations/0041-retention.ts'
import { eventHorizons } from './migrations/0042-event-horizons.ts'
import { legalHolds } from './migrations/0043-legal-holds.ts'
import { cosignatures } from './migrations/0044-cosignatures.ts'
import { noAgentPauses } from './migrations/0045-no-agent-pauses.ts'
import { databaseIdentity } from './migrations/0046-database-identity.ts'
import { approvalsOfPeople } from './migrations/0047-approvals-of-people.ts'
import { encryptedCalls } from './migrations/0048-encrypted-calls.ts'
import { rotations } from './migrations/0049-rotations.ts'
import { sessions } from './migrations/0050-sessions.ts'
import { grantKeys } from './migrations/0051-grant-keys.ts'
import { secondFactors } from './migrations/0052-second-factors.ts'
import { quietHours } from './migrations/0053-quiet-hours.ts'
import { recommendations } from './migrations/0054-recommendations.ts'
import { signingRotations } from './migrations/0055-signing-rotations.ts'
import { outsideCosignatures } from './migrations/0057-outside-cosignatures.ts'
import { passkeys } from './migrations/0059-passkeys.ts'
import { identityProvider } from './migrations/0060-identity-provider.ts'
import { requiredLogin } from './migrations/0061-required-login.ts'
import { gauges } from './migrations/0062-gauges.ts'
import { savedViews } from './migrations/0063-saved-views.ts'
import { topology } from './migrations/0064-topology.ts'
import { exportProgress } from './migrations/0065-export-progress.ts'
import { pushDevices } from './migrations/0067-push-devices.ts'
import { confirmedVotes } from './migrations/0068-confirmed-votes.ts'
import { sessionsSince } from './migrations/0069-sessions-since.ts'
import { ageOfAgentKeys } from './migrations/0070-age-of-agent-keys.ts'
import { wireOfAgents } from './migrations/0075-wire-of-agents.ts'
import { settleRestoredCopy } from './restored-copy.ts'
import { renumberRestoredEvents } from './restored-events.ts'

interface Migration {
  name: string
  sql: string
}

const migrations: Migration[] = [
  { name: '0001-foundation', sql: foundation },
  { name: '0002-standby-and-lists', sql: standbyAndLists },
  { name: '0003-followers', sql: followers },
  { name: '0004-wire-2', sql: wire2 },
  { name: '0005-enrolled-keys-version', sql: enrolledKeysVersion },
  { name: '0006-indexes-without-statistics', sql: indexesWithoutStatistics },
  { name: '0007-ends-of-workspaces', sql: endsOfWorkspaces },
  { name: '0008-what-runs', sql: whatRuns },
  { name: '0009-kinds-of-calls', sql: kindsOfCalls },
  { name: '0010-kinds-of-approvals', sql: kindsOfApprovals },
  { name: '0011-known-risks', sql: knownRisks },
  { name: '0012-kinds-by-the-router', sql: kindsByTheRouter },
  { name: '0013-vacuum', sql: vacuum },
  { name: '0020-people', sql: people },
  { name: '0021-who-acted', sql: whoActed },
  { name: '0023-policies', sql: policies },
  { name: '0024-votes', sql: votes },
  { name: '0026-notifications', sql: notifications },
  { name: '0027-notices', sql: notices },
  { name: '0028-approval-links', sql: approvalLinks },
  { name: '0029-pauses', sql: pauses },
  { name: '0030-candidates', sql: candidates },
  { name: '0032-audit', sql: audit },
  { name: '0036-requesters', sql: requesters },
  { name: '0037-retries', sql: retries },
  { name: '0038-encryption', sql: encryption },
  { name: '0040-exports', sql: exports },
  { name: '0041-retention', sql: retention },
  { name: '0042-event-horizons', sql: eventHorizons },
  { name: '0043-legal-holds', sql: legalHolds },
  { name: '0044-cosignatures', sql: cosignatures },
  { name: '0045-no-agent-pauses', sql: noAgentPauses },
  { name: '0046-database-identity', sql: databaseIdentity },
  { name: '0047-approvals-of-people', sql: approvalsOfPeople },
  { name: '0048-encrypted-calls', sql: encryptedCalls },
  { name: '0049-rotations', sql: rotations },
  { name: '0050-sessions', sql: sessions },
  { name: '0051-grant-keys', sql: grantKeys },
  { name: '0052-second-factors', sql: secondFactors },
  { name: '0053-quiet-hours', sql: quietHours },
  { name: '0054-recommendations', sql: recommendations },
  { name: '0055-signing-rotations', sql: signingRotations },
  { name: '0057-outside-cosignatures', sql: outsideCosignatures },
  { name: '0059-passkeys', sql: passkeys },
  { name: '0060-identity-provider', sql: identityProvider },
  { name: '0061-required-login', sql: requiredLogin },
  { name: '0062-gauges', sql: gauges },
  { name: '0063-saved-views', sql: savedViews },
  { name: '0064-topology', sql: topology },
  { name: '0065-export-progress', sql: exportProgress },
  { name: '0067-push-devices', sql: pushDevices },
  { name: '0068-confirmed-votes', sql: confirmedVotes },
  { name: '0069-sessions-since', sql: sessionsSince },
  { name: '0070-age-of-agent-keys', sql: ageOfAgentKeys },
  { name: '0075-wire-of-agents', sql: wireOfAgents },
]

/** Applied again whenever its text is another. */
const repeatable: Migration = { name: 'lifecycle-triggers', sql: lifecycleTriggers() }

/** Any constant will do; this one is ours. */
const lockId = 7_237_001
/** SQLSTATE. */
const lockNotAvailable = '55P03'

/**
 * Brings the database to this version's schema. One that is there already is only read.
 * @param lockTimeoutMs for how long somebody else may hold a table: a dump or a report must not
 * make a start wait in silence
 * @returns how many calls became ambiguous, where the database is a restored backup
 * @throws when the database is from a newer version, when a migration that it has was changed
 * since, or when somebody holds a lock that a migration needs
 */
export async function migrate(databaseUrl: string, lockTimeoutMs = 10_000): Promise<number | undefined> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'xerotier-migrate' })
  await client.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [lockId])
    const applied = await appliedTo(client)
    for (const name of applied.keys()) {
      if (![...migrations, repeatable].some((migration) => migration.name === name)) {
        throw new Error(
          `the database has migration ${name}, which this version does not know: it is from a newer version`,
        )
      }
    }
    for (const migration of migrations) {
      const known = applied.get(migration.name)
      if (known === undefined) await apply(client, migration, lockTimeoutMs)
      else if (known !== sha256Hex(migration.sql)) {
        throw new Error(`migration ${migration.name} was changed after it was applied`)
      }
    }
    if (applied.get(repeatable.name) !== sha256Hex(repeatable.sql)) await apply(client, repeatable, lockTimeoutMs)
    const renumbered = await renumberRestoredEvents(client)
    return await settleRestoredCopy(client, renumbered > 0)
  } finally {
    await client.end()
  }
}

/**
 * The schema as it was where these were applied: for rows from there. What is later, the next start
 * of a router brings.
 * @throws when this version does not know one of them, or knows another under its name
 */
export async function migrateTo(client: pg.Client, wanted: readonly { name: string; digest: string }[]): Promise<void> {
  const digests = new Map(wanted.map(({ name, digest }) => [name, digest]))
  const unknown = wanted.find(({ name }) => ![...migrations, repeatable].some((known) => known.name === name))
  if (unknown !== undefined) throw new Error(`migration ${unknown.name} is of a newer version`)
  const applied = await appliedTo(client)
  for (const migration of migrations) {
    const digest = digests.get(migration.name)
    if (digest === undefined || applied.has(migration.name)) continue
    if (digest !== sha256Hex(migration.sql)) throw new Error(`migration ${migration.name} is another there`)
    await apply(client, migration, 10_000)
  }
}

/** @returns digests by name */
async function appliedTo(client: pg.Client): Promise<Map<string, string>> {
  await client.query(
    'create table if not exists migrations (name text primary key, digest text not null, applied_at timestamptz not null default now())',
  )
  const { rows } = await client.query<{ name: string; digest: string }>(
    'select name, digest from migrations order by name',
  )
  return new Map(rows.map((row) => [row.name, row.digest]))
}

async function apply(client: pg.Client, { name, sql }: Migration, lockTimeoutMs: number): Promise<void> {
  await client.query('begin')
  try {
    await client.query(`set local lock_timeout = ${lockTimeoutMs}`)
    await client.query(sql)
    await client.query(
      `insert into migrations (name, digest) values ($1, $2)
       on conflict (name) do update set digest = excluded.digest, applied_at = now()`,
      [name, sha256Hex(sql)],
    )
    await client.query('commit')
  } catch (error) {
    await client.query('rollback')
    if (codeOf(error) !== lockNotAvailable) throw error
    throw new Error(
      `migration ${name} needs a table that another session holds (a dump, a report): start again after it`,
      {
        cause: error,
      },
    )
  }
}
