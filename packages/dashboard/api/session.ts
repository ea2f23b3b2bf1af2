// Who sits here. The cookie is the browser's; this keeps what the page has to know besides.

import { ApiError, ConnectionError } from '@xerotier/client/api-error.ts'
import { errorFromAnswer } from '@xerotier/client/error-answer.ts'
import type { SavedView } from '@xerotier/protocol/api/saved-views.ts'
import type { OpenSession, SecondFactor, SecondFactorSecret, Session, Ways } from '@xerotier/protocol/api/sessions.ts'
import { useSyncExternalStore } from 'react'
import { setServerNow } from '../ui/time.tsx'
import { noteHeard } from './heard.ts'
import { isIdle } from './idle.ts'
import { opsUrl } from './place.ts'

interface State {
  /** `lost`: it has ended while its page was open. */
  phase: 'asking' | 'out' | 'in' | 'lost' | 'unreachable'
  session: OpenSession | undefined
}

let state: State = { phase: 'asking', session: undefined }
const listeners = new Set<() => void>()

function set(next: State): void {
  state = next
  for (const listener of listeners) listener()
}

export function useSessionState(): State {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    () => state,
  )
}

/** @throws Error outside of a session */
export function useSession(): OpenSession {
  const { session } = useSessionState()
  if (session === undefined) throw new Error('nobody is logged in')
  return session
}

/** What a page says with every request besides the cookie. */
export function sessionHeaders(): Record<string, string> {
  const token = state.session?.csrf_token
  return { ...(token === undefined ? {} : { 'x-csrf-token': token }), ...(isIdle() ? { 'x-ops-idle': 'true' } : {}) }
}

/** The router no longer knows the session. The page stays as it is, with what was typed. */
export function sessionLost(): void {
  if (state.phase === 'in') set({ ...state, phase: 'lost' })
}

/** As long as the API's client waits for an answer. */
const timeoutMs = 30_000

export async function ask<T>(method: string, path: string, body?: unknown): Promise<T> {
  let answer: Response
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(), timeoutMs)
  try {
    answer = await fetch(opsUrl(path), {
      method,
      signal: late.signal,
      headers: { ...sessionHeaders(), ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  } catch (cause) {
    throw new ConnectionError('the router does not answer', late.signal.aborted ? 'timeout' : null, cause)
  } finally {
    clearTimeout(timer)
  }
  if (!answer.ok) throw await errorFromAnswer(answer)
  const data: T = await answer.json()
  return data
}

/** Asks the router whether there is a session. */
export async function askSession(): Promise<void> {
  try {
    const before = state.session?.person.id
    const session = await ask<OpenSession>('GET', 'api/session')
    // Somebody else: nothing of what the page knows is theirs.
    if (before !== undefined && before !== session.person.id) return location.reload()
    setServerNow(session.now)
    noteHeard()
    set({ phase: 'in', session })
  } catch (error) {
    if (!(error instanceof ApiError) || error.status >= 500)
      return set({ phase: state.session === undefined ? 'unreachable' : state.phase, session: state.session })
    set(state.session === undefined ? { phase: 'out', session: undefined } : { ...state, phase: 'lost' })
  }
}

/** By one of the ways to come in, which each have a path. */
export async function login(way: 'password' | 'link' | 'passkey', body: object): Promise<void> {
  await ask('POST', way === 'password' ? 'api/login' : `api/login/${way}`, body)
  await askSession()
}

export const listWays = () => ask<Ways>('GET', 'api/ways')

export const askForReset = (email: string) => ask<unknown>('POST', 'api/password/reset', { email })
export const resetPassword = (token: string, password: string) =>
  ask<unknown>('POST', 'api/password/reset/confirm', { token, password })

/** Leaves the page. */
export async function loginAtProvider(again: boolean): Promise<void> {
  const { url } = await ask<{ url: string }>('POST', 'api/login/provider', { again })
  location.assign(url)
}

export async function logout(): Promise<void> {
  const ended = await ask<{ leave: string | null }>('POST', 'api/logout', {}).catch(() => undefined)
  location.assign(ended?.leave ?? opsUrl('login'))
}

export const listSessions = async () => (await ask<{ data: Session[] }>('GET', 'api/sessions')).data
export const endSession = (id: string) => ask<unknown>('DELETE', `api/sessions/${encodeURIComponent(id)}`)
export const setPassword = (body: { current: string; password: string }) => ask<unknown>('POST', 'api/password', body)
/** @param path what is looked at there, below `/ops/` */
export async function chooseProject(project: string, path = '.'): Promise<void> {
  await ask('POST', 'api/project', { project })
  location.assign(opsUrl(path))
}

const secondFactor = 'api/second-factor'
export const showSecondFactor = () => ask<SecondFactor>('GET', secondFactor)
export const beginSecondFactor = () => ask<SecondFactorSecret>('POST', secondFactor, {})
export const confirmSecondFactor = async (code: string) =>
  (await ask<{ codes: string[] }>('POST', `${secondFactor}/confirm`, { code })).codes
export const removeSecondFactor = (code: string) => ask<SecondFactor>('POST', `${secondFactor}/remove`, { code })

const views = 'api/views'
export const listViews = async () => (await ask<{ data: SavedView[] }>('GET', views)).data
export const saveView = (view: SavedView) => ask<unknown>('POST', views, view)
export const removeView = ({ page, name }: SavedView) => ask<unknown>('POST', `${views}/remove`, { page, name })
