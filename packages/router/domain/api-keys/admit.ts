import type { Caller } from '../actor.ts'
import type { Admission } from '../admission.ts'
import type { Keyring, KnownKey } from './keyring.ts'

/** The holder of a key, let in from an address. */
export function admitKey(
  keyring: Keyring,
  value: string,
  { actor, validUntil }: KnownKey,
  address: string | undefined,
): Admission<Caller> {
  return {
    actor,
    validUntil,
    ask: async () => (await keyring.find(value))?.admits(address) === true,
    onChange: (callback) => keyring.watch(actor, callback),
  }
}
