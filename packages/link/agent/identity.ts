// Who this agent is: its keys, and the enrollment that they were given.

import { renameSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Enrollment } from '@xerotier/protocol/api/enroll.ts'
import type { AgentRole } from '@xerotier/protocol/api/join-keys.ts'
import { systemChance } from '@xerotier/runtime/chance.ts'
import type { Clock } from '@xerotier/runtime/clock.ts'
import type { Log } from '@xerotier/runtime/log.ts'
import { makeFolder } from '@xerotier/runtime/make-folder.ts'
import { notPermittedExitCode, StartError } from '@xerotier/runtime/start-error.ts'
import { finishCommit } from '../credentials/on-disk.ts'
import { EnrollError, type EnrollOptions, ensureEnrolled } from '../enroll.ts'
import { type AgentKeys, loadKeys } from '../keys.ts'
import type { AgentSettings } from './settings.ts'

/**
 * Reads the keys, or makes them at the first start, with the folders of everything that is kept.
 */
export function readyKeys(settings: AgentSettings, log: Log): AgentKeys {
  const { signing_key_path, curve_key_path, queue_db_path, enrollment_path } = settings
  for (const path of [signing_key_path, curve_key_path, queue_db_path, enrollment_path])
    makeFolder(dirname(path), 0o700)
  finishCommit({ curve: curve_key_path, signing: signing_key_path }, enrollment_path)
  const keys = loadKeys({ signingKeyPath: signing_key_path, curveKeyPath: curve_key_path })
  log.info({ key_id: keys.signing.keyId }, 'keys ready')
  return keys
}

export interface Applicant {
  settings: AgentSettings
  role: AgentRole
  keys: AgentKeys
  clock: Clock
  log: Log
  hostname: string
  version: string
}

export function enrollOptions({ settings, ...applicant }: Applicant): EnrollOptions {
  return {
    ...applicant,
    chance: systemChance,
    routerUrl: settings.router_url,
    joinKey: settings.join_key,
    registrationName: settings.registration_name,
    allowInsecure: settings.allow_insecure,
    enrollmentPath: settings.enrollment_path,
  }
}

/** @throws StartError when the router refuses, or when `aborted` comes first */
export async function enrolled(options: EnrollOptions, aborted: AbortSignal | undefined): Promise<Enrollment> {
  const givenUp = new Promise<never>((_, reject) => {
    const giveUp = () => reject(new StartError(1, 'stopped before it was enrolled'))
    if (aborted?.aborted) giveUp()
    aborted?.addEventListener('abort', giveUp)
  })
  try {
    return await Promise.race([ensureEnrolled(options), givenUp])
  } catch (error) {
    // The router was reached and said no: the same join key will not do better.
    if (error instanceof EnrollError) throw new StartError(notPermittedExitCode, `${error.code}: ${error.message}`)
    throw error
  }
}

/** A revoked enrollment is kept for people, and not used again. */
export function putAside({ enrollment_path }: AgentSettings, log: Log): void {
  try {
    renameSync(enrollment_path, `${enrollment_path}.revoked`)
  } catch (error) {
    log.warning({ error }, 'the enrollment could not be put aside')
  }
}
