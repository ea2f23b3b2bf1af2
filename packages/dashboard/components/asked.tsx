// What was asked of the router, in each of its states: on its way, refused, out of reach, there.
import { errorDataOf } from '@xerotier/client/advice.ts'
import { ApiError } from '@xerotier/client/api-error.ts'
import { adviceText } from '@xerotier/protocol/advice.ts'
import type { ReactNode } from 'react'
import { Button } from '../ui/button.tsx'
import { Notice, Skeleton } from '../ui/state.tsx'
import { words } from '../words/en.ts'
import { Said } from './texts.tsx'

interface Asked<T> {
  data: T | undefined
  error: Error | null
  refetch: () => unknown
}

export function Answer<T>({
  asked,
  rows = 6,
  children,
}: {
  asked: Asked<T>
  rows?: number
  children: (data: T) => ReactNode
}) {
  if (asked.data !== undefined) return children(asked.data)
  if (asked.error !== null) return <Failure error={asked.error} again={() => void asked.refetch()} />
  return <Skeleton rows={rows} label={words.loading} />
}

export function Failure({ error, again }: { error: Error; again?: () => void }) {
  const isForbidden = error instanceof ApiError && error.status === 403
  const { title, offline, offlineHint, forbidden } = words.failure
  if (!(error instanceof ApiError))
    return (
      <Notice title={offline} alert>
        <p>{offlineHint}</p>
        {again !== undefined && <Button onClick={again}>{words.retry}</Button>}
      </Notice>
    )
  return (
    <Notice title={isForbidden ? forbidden : title} alert={!isForbidden}>
      <Refusal error={error} />
      {again !== undefined && !isForbidden && <Button onClick={again}>{words.retry}</Button>}
    </Notice>
  )
}

/** Code, sentence, advice, and the request to ask about. */
function Refusal({ error }: { error: ApiError }) {
  const advice = errorDataOf(error.code)?.advice
  return (
    <>
      <p>
        <Said>{error.message}</Said>
      </p>
      {advice !== undefined && <p>{adviceText(advice)}</p>}
      <p className="text-[12.5px]">
        <code>{error.code ?? error.status}</code>
        {error.requestId !== null && (
          <>
            {' · '}
            {words.failure.requestId} <code>{error.requestId}</code>
          </>
        )}
      </p>
    </>
  )
}

/** Beside what was tried. */
export function Refused({ error }: { error: Error | null }) {
  if (error === null) return null
  return (
    <div role="alert" className="grid gap-1 rounded-lg bg-bad-soft px-3 py-2 text-bad">
      {error instanceof ApiError ? <Refusal error={error} /> : <p>{words.failure.offline}</p>}
    </div>
  )
}
