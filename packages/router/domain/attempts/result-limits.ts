// Holds what an agent answers to what the record may keep.
import { isDeeperThan } from '@xerotier/protocol/depth.ts'
import type { ResultFrame } from '@xerotier/protocol/frames/call/result.ts'
import { limits } from '@xerotier/protocol/limits.ts'

/**
 * The result as it may be stored. A JSON value that is too large or too deep is left out, and its
 * call counts as failed: agents of ours write such a value to the output. What JSON has not counts
 * the same, as another value would be stored.
 * @param outputCut whether output of the call was dropped here, which the agent does not know
 */
export function withinLimits(frame: ResultFrame, outputCut: boolean): ResultFrame {
  const kept = outputCut && !frame.truncated ? { ...frame, truncated: true } : frame
  if (frame.result === null || frame.result === undefined) return kept
  const excess = excessOf(frame.result)
  if (excess === undefined) return kept
  if (frame.outcome !== 'completed') return { ...kept, result: null, truncated: true }
  const message = `The result of the tool is ${excess}.`
  return {
    ...kept,
    outcome: 'failed',
    result: null,
    error: { code: 'execution_failed', message },
    truncated: true,
  }
}

function excessOf(result: unknown): string | undefined {
  if (isDeeperThan(result, limits.resultDepth)) return `nested deeper than ${limits.resultDepth} levels`
  const foreign = foreignIn(result)
  if (foreign !== undefined) return `no JSON value: it holds ${foreign}`
  const text = JSON.stringify(result) ?? ''
  if (text.length * 3 <= limits.resultBytes || Buffer.byteLength(text) <= limits.resultBytes) return undefined
  return `larger than ${limits.resultBytes} bytes of JSON`
}

/** What MessagePack can say and JSON cannot. Keys of maps are text by now, whatever they were. */
function foreignIn(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : `the number ${value}`
  if (typeof value !== 'object') return value === undefined || typeof value === 'bigint' ? `${typeof value}` : undefined
  if (value === null) return undefined
  if (ArrayBuffer.isView(value)) return 'bytes'
  const items = Array.isArray(value) ? value : isPlain(value) ? Object.values(value) : undefined
  if (items === undefined) return 'an extension type'
  for (const item of items) {
    const foreign = foreignIn(item)
    if (foreign !== undefined) return foreign
  }
  return undefined
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
