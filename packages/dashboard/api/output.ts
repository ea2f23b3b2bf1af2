// What a program writes, while it writes.
import { useQueryClient } from '@tanstack/react-query'
import type { ExecutionDetail, OutputEvent } from '@xerotier/protocol/api/executions.ts'
import { useEffect, useMemo, useState } from 'react'
import { type AnsiReader, ansiReader, type Span } from '../ui/ansi.ts'
import { useClient } from './client.ts'

export interface Output {
  /** One array for one call, which grows: `version` says when it has. */
  lines: readonly (readonly Span[])[]
  version: number
  text(): string
}

interface Live {
  stdout: LiveStream
  stderr: LiveStream
  version: number
}

interface LiveStream {
  reader: AnsiReader
  decoder: TextDecoder
  texts: string[]
}

/** Why it is not live, and how to try again. */
interface NotLive {
  error: Error | null
  refetch: () => void
}

/** @returns of each stream; live while the call runs, and then what is on record */
export function useOutput({
  id,
  attempt,
  state,
  stdout,
  stderr,
}: ExecutionDetail): Record<'stdout' | 'stderr', Output> & { notLive: NotLive } {
  const runs = state === 'dispatched' || state === 'running'
  const { live, ...notLive } = useLiveOutput(id, attempt, runs)
  const kept = useMemo(() => ({ stdout: recorded(stdout), stderr: recorded(stderr) }), [stdout, stderr])
  const shown = useMemo(
    () => (runs && live !== undefined ? { stdout: told(live, 'stdout'), stderr: told(live, 'stderr') } : kept),
    [runs, live, kept],
  )
  return { ...shown, notLive }
}

function recorded(text: string): Output {
  const reader = ansiReader()
  if (text !== '') reader.push(text.replace(/\n$/, ''))
  return { lines: reader.lines, version: 0, text: () => text }
}

function told({ version, ...live }: Live, stream: 'stdout' | 'stderr'): Output {
  const { reader, texts } = live[stream]
  return { lines: reader.lines, version, text: () => texts.join('') }
}

function useLiveOutput(id: string, attempt: number, runs: boolean): { live: Live | undefined } & NotLive {
  const client = useClient()
  const queries = useQueryClient()
  const [live, setLive] = useState<Live>()
  const [error, setError] = useState<Error | null>(null)
  const [tries, setTries] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt begins anew
  useEffect(() => {
    if (!runs) return
    const stop = new AbortController()
    const streams = { stdout: emptyStream(), stderr: emptyStream() }
    let version = 0
    let drawing: number | undefined
    const draw = () => {
      drawing = undefined
      version += 1
      setLive({ ...streams, version })
    }
    const read = async () => {
      const query = { execution_id: id, output: 'true' as const }
      for await (const { event, data } of client.events('executions.stream', { query }, { signal: stop.signal })) {
        if (event === 'x_exec.execution.output') {
          const piece: OutputEvent = JSON.parse(data)
          take(streams[piece.stream], piece.data)
          drawing ??= requestAnimationFrame(draw)
        } else if (!event.endsWith('heartbeat')) void queries.invalidateQueries({ queryKey: ['execution', id] })
      }
    }
    setError(null)
    // The record is asked for by itself, so nothing is lost but the liveness.
    read().catch((cause: unknown) => {
      if (!stop.signal.aborted) setError(cause instanceof Error ? cause : new Error('cut', { cause }))
    })
    return () => {
      stop.abort()
      if (drawing !== undefined) cancelAnimationFrame(drawing)
      setLive(undefined)
    }
  }, [client, queries, id, attempt, runs, tries])
  return { live, error, refetch: () => setTries(tries + 1) }
}

const emptyStream = (): LiveStream => ({ reader: ansiReader(), decoder: new TextDecoder(), texts: [] })

function take({ reader, decoder, texts }: LiveStream, base64: string): void {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
  const text = decoder.decode(bytes, { stream: true })
  texts.push(text)
  reader.push(text)
}
