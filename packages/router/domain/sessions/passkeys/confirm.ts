// A vote that somebody confirms with a passkey. What the authenticator signs ends in a hash of
// exactly what is approved, so that its signature is good for nothing else, and whoever has the
// record can see so.
import type { ShownPasskey } from '@xerotier/protocol/api/passkeys.ts'
import { canonicalJson } from '@xerotier/protocol/canonical.ts'
import { sha256 } from '@xerotier/runtime/digest.ts'
import type { Records } from '../../records.ts'
import type { KnownSession } from '../admit.ts'
import type { PublicPlace } from './relying-party.ts'
import { askForOwnPasskey, verifyOwnPasskey } from './show.ts'

type Core = Records & PublicPlace

interface Vote {
  approval_id: string
  decision: 'approve'
  /** Of what will run. */
  digest: string
}

/** As a browser's `get` takes it in JSON. @throws Fault passkeys_unavailable, passkey_not_found */
export function askToConfirm(core: Core, session: KnownSession, vote: Vote): Promise<object> {
  return askForOwnPasskey(core, session, 'vote', boundTo(vote))
}

/** @throws Fault passkeys_unavailable, passkey_refused */
export async function confirmVote(core: Core, session: KnownSession, vote: Vote, shown: ShownPasskey) {
  const { id, name } = await verifyOwnPasskey(core, session, shown, 'vote', boundTo(vote))
  const { clientDataJSON, authenticatorData, signature } = shown.response
  return { id, name, proof: { ...vote, client_data: clientDataJSON, authenticator_data: authenticatorData, signature } }
}

function boundTo({ approval_id, decision, digest }: Vote): Buffer {
  return sha256(Buffer.from(canonicalJson({ approval_id, decision, digest })))
}
