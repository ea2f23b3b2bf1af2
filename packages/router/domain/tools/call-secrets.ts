// Secret arguments between submit and dispatch: the record has commitments, and what they are
// commitments to is encrypted beside it, so that a call that waits outlives its router. The key is
// no row of the database. Whatever ends the call removes them (lifecycle-triggers.ts).
import { createHmac, randomBytes } from 'node:crypto'
import { canonicalJson } from '@xerotier/protocol/canonical.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { type CallSecret, secretMark, secretPaths, valueAt, withValueAt } from '@xerotier/protocol/secrets.ts'
import { packMessage, unpackMessage } from '@xerotier/runtime/msgpack.ts'
import { commitmentOf } from '@xerotier/runtime/secret-commitment.ts'
import { z } from 'zod'
import type { ExecutionRow } from '../../store/tables.ts'
import { openSealed, seal } from '../encryption/sealed.ts'
import type { Identity } from '../identity.ts'
import { countSteps } from './check-turns.ts'

/** As those of a check. */
const stepsPerLook = 30

/**
 * @param id of the call: what is sealed for one cannot be opened for another
 * @throws Fault invalid_arguments when there are too many
 */
export function sealSecrets(
  { keyring }: Pick<Identity, 'keyring'>,
  id: string,
  schema: Record<string, unknown>,
  given: Record<string, unknown>,
): Pick<ExecutionRow, 'args' | 'secrets'> {
  const paths = secretPaths(schema, given, (looks) => countSteps(looks * stepsPerLook))
  if (paths.length === 0) return { args: given, secrets: null }
  if (paths.length > limits.secretsPerCall) {
    const message = `The arguments hold more than ${limits.secretsPerCall} secrets.`
    throw new Fault('invalid_arguments', { message, param: 'args' })
  }
  let args = given
  const secrets = paths.map((path): CallSecret => {
    const value = valueAt(given, path)
    const nonce = randomBytes(32)
    args = withValueAt(args, path, secretMark(commitmentOf(nonce, value)))
    return { path, nonce, value }
  })
  return { args, secrets: seal(keyring, id, packMessage(secrets)) }
}

const secretsSchema = z.array(
  z.object({ path: z.array(z.string()), nonce: z.instanceof(Uint8Array), value: z.unknown() }),
)

/** @throws Fault execution_failed when the router has other keys since */
export function openSecrets(
  { keyring }: Pick<Identity, 'keyring'>,
  { id, secrets }: Pick<ExecutionRow, 'id' | 'secrets'>,
): CallSecret[] {
  if (secrets === null) return []
  try {
    return secretsSchema.parse(unpackMessage(openSealed(keyring, id, secrets)))
  } catch (cause) {
    const message = 'The router cannot read the secret arguments of this call any more. Submit it again.'
    throw new Fault('execution_failed', { message, cause })
  }
}

/** Of a request as it was made, which may hold secrets: nobody can try values without the key. */
export function requestDigestOf({ digestsKey }: Pick<Identity, 'digestsKey'>, request: unknown): string {
  return createHmac('sha256', digestsKey).update(canonicalJson(request)).digest('hex')
}
