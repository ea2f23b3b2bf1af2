// What was asked of the router, in each of its states: on its way, refused, out of reach, there,
// and there but of before.
import { errorDataOf } from '@xerotier/client/advice.ts'
import { ApiError } from '@xerotier/client/api-error.ts'
import { adviceText } from '@xerotier/protocol/advice.ts'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useCutSince } from '../api/stream.ts'
import { Button } from '../ui/button.tsx'
import { Notice, Skeleton } from '../ui/state.tsx'
import { When } from '../ui/time.tsx'
import { words } from '../words/en.ts'
import { stateWords } from '../words/en-states.ts'
import { Said } from './texts.tsx'

export interface Asked<T> {
  data: T | undefined
  dataUpdatedAt: number
  error: Error | null
  /** How often it has failed. */
  errorUpdateCount: number
  isFetching: boolean
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
  const error = useFailure(asked)
  if (asked.data !== undefined)
    return (
      <>
        {asked.error !== null && <Old asked={asked} error={asked.error} />}
        {children(asked.data)}
      </>
    )
  if (error !== null) return <Failure error={error} again={() => void asked.refetch()} isAsking={asked.isFetching} />
  return <Waiting rows={rows} />
}

/** It stays while it is asked for again: what is read, or has the focus, does not blink away. */
function useFailure({ error, errorUpdateCount }: Asked<unknown>): Error | null {
  const last = useRef(error)
  useEffect(() => {
    if (error !== null) last.current = error
  }, [error])
  return error ?? (errorUpdateCount > 0 ? last.current : null)
}

const slowMs = 5_000

/** As high as what is to come, and in words when that takes long. */
export function Waiting({ rows = 6 }: { rows?: number }) {
  const [isSlow, setSlow] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), slowMs)
    return () => clearTimeout(timer)
  }, [])
  return (
    <Skeleton rows={rows} label={words.loading}>
      {isSlow && <p className="text-soft">{stateWords.slow}</p>}
    </Skeleton>
  )
}

interface FailureProps {
  error: Error
  again?: () => void
  isAsking?: boolean
}

function Failure({ error, again, isAsking = false }: FailureProps) {
  const isForbidden = error instanceof ApiError && error.status === 403
  const { title, offline, offlineHint, forbidden } = words.failure
  const retry = again !== undefined && !isForbidden && <Again again={again} isAsking={isAsking} />
  if (!(error instanceof ApiError))
    return (
      <Notice title={offline} alert>
        <p>{offlineHint}</p>
        {retry}
      </Notice>
    )
  return (
    <Notice title={isForbidden ? forbidden : title} alert={!isForbidden}>
      <Refusal error={error} />
      {retry}
    </Notice>
  )
}

function Again({ again, isAsking }: { again: () => void; isAsking: boolean }) {
  return (
    <>
      <Button onClick={again}>{words.retry}</Button>
      <p role="status" className="min-h-5 text-[12.5px]">
        {isAsking ? stateWords.asking : ''}
      </p>
    </>
  )
}

/** What stands below is of before. When nothing at all is heard a banner says so already. */
function Old({ asked, error }: { asked: Asked<unknown>; error: Error }) {
  const isCut = useCutSince() !== undefined
  if (isCut && !(error instanceof ApiError)) return null
  return (
    <div
      role="alert"
      className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 rounded-lg bg-warn-soft px-3 py-2 text-warn"
    >
      <div className="grid min-w-0 gap-1">
        <p>
          {stateWords.of} <When at={new Date(asked.dataUpdatedAt).toISOString()} />. {stateWords.notAnew}
        </p>
        <Told error={error} />
      </div>
      <Button onClick={() => void asked.refetch()}>{words.retry}</Button>
    </div>
  )
}

/** Something beside what matters most: in a line or two, and not in its place. */
export function Missing({
  what,
  asked,
  error,
}: {
  what: string
  asked: Pick<Asked<unknown>, 'refetch'>
  error: Error | null
}) {
  if (error === null) return null
  return (
    <div
      role="alert"
      className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 rounded-lg bg-warn-soft px-3 py-2 text-left text-[13px] text-warn"
    >
      <div className="grid min-w-0 gap-1">
        <p className="font-medium">{stateWords.missing(what)}</p>
        <Told error={error} />
      </div>
      <Button onClick={() => void asked.refetch()}>{words.retry}</Button>
    </div>
  )
}

const Told = ({ error }: { error: Error }) =>
  error instanceof ApiError ? <Refusal error={error} /> : <p>{words.failure.offline}</p>

/** Code, sentence, advice, and the request to ask about. */
function Refusal({ error }: { error: ApiError }) {
  const advice = errorDataOf(error.code)?.advice
  return (
    <>
      <p className="break-words">
        <Said>{error.message}</Said>
      </p>
      {advice !== undefined && <p>{adviceText(advice)}</p>}
      {error.code === null && <p>{stateWords.foreign}</p>}
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
      {error instanceof ApiError ? (
        <Refusal error={error} />
      ) : (
        <p>
          {words.failure.offline}. {stateWords.unsure}
        </p>
      )}
    </div>
  )
}
