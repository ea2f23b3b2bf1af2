import { write } from '../events/write.ts'
import type { Records } from '../records.ts'

const keptMs = 24 * 3_600_000

/** The log says who came when; what is over is of no other use. */
export async function removeOldLogins(core: Records): Promise<void> {
  await write(core, async ({ tx, now }) => {
    const before = new Date(now.getTime() - keptMs)
    await tx.deleteFrom('login_links').where('expires_at', '<', before).execute()
    await tx.deleteFrom('passkey_challenges').where('expires_at', '<', before).execute()
    await tx.deleteFrom('provider_logins').where('expires_at', '<', before).execute()
    await tx.deleteFrom('sessions').where('expires_at', '<', before).execute()
  })
}
