// A real OpenID provider on loopback, which logs in whom a test names without asking them.
import { createServer } from 'node:http'
import { Provider } from 'oidc-provider'
import { freePort } from './free-port.ts'

export interface Account {
  sub: string
  email?: string
  email_verified?: boolean
  name?: string
  groups?: string[]
}

export interface IdentityProviderForTests {
  issuer: string
  clientId: string
  clientSecret: string
  /** Who sits before the browser that comes next. */
  account: Account
  /** Changes what a browser asks for on its way, as somebody in between would. */
  tamper: (url: string) => string
  close(): Promise<void>
}

/** @param redirects where it may lead back to */
export async function identityProviderForTests(redirects: readonly string[]): Promise<IdentityProviderForTests> {
  const port = await freePort()
  const issuer = `http://127.0.0.1:${port}`
  const [clientId, clientSecret] = ['xerotier', 'a secret of the client that nobody knows']
  const provider = new Provider(issuer, {
    clients: [
      {
        ...{ client_id: clientId, client_secret: clientSecret, redirect_uris: redirects },
        post_logout_redirect_uris: redirects.map((uri) => new URL('/ops/login', uri).href),
      },
    ],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'groups'] },
    cookies: { keys: ['of a test'] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
    findAccount: (_: unknown, accountId: string) => ({
      accountId,
      claims: () => accounts.get(accountId) ?? { sub: accountId },
    }),
    async loadExistingGrant({ oidc }: { oidc: { client: { clientId: string }; session: { accountId: string } } }) {
      const grant = new provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId })
      grant.addOIDCScope('openid email profile')
      await grant.save()
      return grant
    },
  })
  const accounts = new Map<string, Account>()
  const serve = provider.callback()
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/interaction/') !== true) {
      request.url = running.tamper(request.url ?? '/')
      return serve(request, response)
    }
    const { account } = running
    accounts.set(account.sub, account)
    void provider.interactionFinished(request, response, { login: { accountId: account.sub, remember: false } })
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const running: IdentityProviderForTests = {
    ...{ issuer, clientId, clientSecret },
    account: { sub: 'nobody' },
    tamper: (url) => url,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return running
}
