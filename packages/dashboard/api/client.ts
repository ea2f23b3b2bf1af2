// The router's API, as programs have it, with the session in the place of a key.
import { type Client, createClient } from '@xerotier/client/client.ts'
import { systemSurroundings } from '@xerotier/client/surroundings.ts'
import { useMemo } from 'react'
import { root } from './place.ts'
import { sessionHeaders, sessionLost, useSession } from './session.ts'

const withSession: typeof fetch = async (input, init) => {
  const headers = new Headers(init?.headers)
  for (const [name, value] of Object.entries(sessionHeaders())) headers.set(name, value)
  const answer = await fetch(input, { ...init, headers })
  if (answer.status === 401) sessionLost()
  return answer
}

export function useClient(): Client {
  const { slug } = useSession().project
  return useMemo(
    () =>
      createClient({
        baseUrl: `${root}/${encodeURIComponent(slug)}/v1`,
        surroundings: { ...systemSurroundings, fetch: withSession },
        retry: { retries: 0, longestWaitMs: 0 },
      }),
    [slug],
  )
}
