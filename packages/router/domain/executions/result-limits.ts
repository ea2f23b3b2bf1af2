// Holds what an agent answers to what the record may keep.
import { isDeeperThan } from '@xerotier/protocol/depth.ts'
import type { ResultFrame } from '@xerotier/protocol/frames/result.ts'
import { limits } from '@xerotier/protocol/limits.ts'

/**
 * The result as it may be stored. Without its JSON value when that is too large or too deep: agents of ours write such a value to the
 * output, so an answer that has one all the same counts as failed.
 * @param outputCut whether output of the call was dropped here, of which the agent does not know
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
  const text = JSON.stringify(result) ?? ''
  if (text.length * 3 <= limits.resultBytes || Buffer.byteLength(text) <= limits.resultBytes) return undefined
  return `larger than ${limits.resultBytes} bytes of JSON`
}
