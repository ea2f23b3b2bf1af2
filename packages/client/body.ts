import { explain } from './exchange.ts'

/**
 * The body of an answer as it arrives, at the pace of its reader.
 * @throws while it is read: ConnectionError when it is cut; the signal's reason when aborted
 */
export function bodyOf(response: Response, signal: AbortSignal | undefined): ReadableStream<Uint8Array> {
  const reader = response.body?.getReader()
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = (await reader?.read()) ?? { done: true }
          if (done) controller.close()
          else controller.enqueue(value)
        } catch (error) {
          throw explain(error, response.url, signal)
        }
      },
      cancel: (reason) => reader?.cancel(reason),
    },
    { highWaterMark: 0 },
  )
}
