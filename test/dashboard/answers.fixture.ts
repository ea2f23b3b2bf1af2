// What the router would answer on a bad night, put in its place under an open page.
import { browserPatienceMs } from '@xerotier/devkit/browser.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import { type ErrorCode, errors } from '@xerotier/protocol/errors.ts'
import type { Locator, Page, Route } from 'playwright-core'

export const requestId = 'req_at_night'

export type Answer = 'failing' | 'forbidden' | 'silent' | 'unreachable' | 'empty' | 'foreign'

const refuse = (route: Route, code: ErrorCode) => {
  const { status, type, message } = errors[code]
  return route.fulfill({
    status,
    headers: { 'content-type': 'application/json', 'x-request-id': requestId },
    body: JSON.stringify({ error: { code, type, message } }),
  })
}

/** Without what stands in its lists. */
async function emptied(route: Route): Promise<void> {
  const answer = await route.fetch()
  const body: Record<string, unknown> = await answer.json()
  for (const [name, value] of Object.entries(body)) if (Array.isArray(value)) body[name] = []
  if ('has_more' in body) body.has_more = false
  await route.fulfill({ response: answer, body: JSON.stringify(body) })
}

const answers: Record<Answer, (route: Route) => unknown> = {
  failing: (route) => refuse(route, 'internal_error'),
  forbidden: (route) => refuse(route, 'scope_insufficient'),
  silent: () => undefined,
  unreachable: (route) => route.abort('connectionrefused'),
  empty: emptied,
  foreign: (route) => route.fulfill({ status: 502, contentType: 'text/html', body: '<h1>Bad Gateway</h1>' }),
}

/** Whatever a view asks for; who is logged in, and the stream, are still told. */
const everything = /\/(?:demo\/v1|ops\/api)\/(?!session$)/

/** Of all that a page asks for, or of what matches. @returns ends it */
export async function answerWith(page: Page, answer: Answer, asked: RegExp = everything): Promise<() => Promise<void>> {
  const act = async (route: Route) => {
    await answers[answer](route)
  }
  await page.route(asked, act)
  return () => page.unroute(asked, act)
}

/** By the clock of the page, which was installed; looks whether it is there. */
export async function passUntil(page: Page, what: string, isThere: () => Promise<boolean>): Promise<void> {
  await until(
    what,
    async () => {
      if (await isThere()) return true
      await page.clock.runFor(1_500)
      return undefined
    },
    browserPatienceMs,
  )
}

export const isShown = (one: Locator) => one.first().isVisible()
