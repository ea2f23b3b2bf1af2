// A browser as the router sees one: its cookies, its Fetch Metadata, and the token of its page.
import type { OpenSession } from '@xerotier/protocol/api/sessions.ts'

export interface BrowserSession {
  /** Of the origin; `undefined` before a login. */
  cookie: string | undefined
  csrf: string
  /** Sends as a page of the dashboard does, unless `headers` says otherwise. */
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>
  session(): Promise<OpenSession>
  loginByLink(token: string): Promise<Response>
}

export function browserSession(origin: string): BrowserSession {
  const browser: BrowserSession = {
    cookie: undefined,
    csrf: '',
    async send(method, path, body, headers = {}) {
      const answer = await fetch(`${origin}${path}`, {
        method,
        redirect: 'manual',
        headers: {
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(browser.cookie === undefined ? {} : { cookie: browser.cookie }),
          'sec-fetch-site': 'same-origin',
          ...(browser.csrf === '' ? {} : { 'x-csrf-token': browser.csrf }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const [set] = answer.headers.getSetCookie()
      if (set !== undefined) browser.cookie = set.split(';')[0]
      return answer
    },
    async session() {
      const session = (await (await browser.send('GET', '/ops/api/session')).json()) as OpenSession
      browser.csrf = session.csrf_token ?? ''
      return session
    },
    async loginByLink(token) {
      const answer = await browser.send('POST', '/ops/api/login/link', { token })
      if (answer.ok) await browser.session()
      return answer
    },
  }
  return browser
}
