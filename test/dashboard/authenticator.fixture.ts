import type { CDPSession, Page } from 'playwright-core'

/** Chromium's own, with resident keys and somebody who is verified. */
export async function authenticatorOf(one: Page): Promise<{ debug: CDPSession; id: string }> {
  const debug = await one.context().newCDPSession(one)
  await debug.send('WebAuthn.enable')
  const { authenticatorId: id } = await debug.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      ...{ protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true },
      ...{ isUserVerified: true, automaticPresenceSimulation: true },
    },
  })
  return { debug, id }
}
