// Credentials that are kept nowhere: for agents that live no longer than their process.
import type { Enrollment } from '@xerotier/protocol/api/enroll.ts'
import type { AgentKeys } from '../keys.ts'
import { type Credentials, createCredentials } from './credentials.ts'

export function credentialsInMemory(keys: AgentKeys, enrollment: Enrollment): Credentials {
  return createCredentials(keys, enrollment, {
    writeNext() {},
    removeNext() {},
    writeEnrollment() {},
    writeCurrent() {},
  })
}
