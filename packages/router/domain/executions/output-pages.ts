// Output as streams tell it. However many follow a call, what they want at one time is read and
// made once, and all are given the very same items.
import type { OutputEvent } from '@xerotier/protocol/api/executions.ts'
import { streamEventNames } from '@xerotier/protocol/events.ts'
import { selectAttempt } from '../../store/attempts.ts'
import { type MaybeSealed, sealedFor } from '../../store/contents.ts'
import { selectOutput } from '../../store/execution-output.ts'
import { streamName } from '../../store/output-streams.ts'
import { openPiece } from '../encryption/pieces.ts'
import type { EventId } from '../events/cursor.ts'
import type { StreamItem } from '../events/sink.ts'
import type { Records } from '../records.ts'

type Core = Pick<Records, 'store'>

/** Where a stream stands: behind this event and this piece of output. */
export interface OutputPlace {
  event: EventId
  attempt: number
  seq: number
}

const piecesPerPage = 16

/** The cursor of a stream with output. */
export function outputId({ event, attempt, seq }: OutputPlace): EventId {
  return `${event}.${attempt}.${seq}`
}

/** The attempt that the execution has now, and whether its output is sealed. */
export const presentAttempt = sharedInTurn(
  (executionId: string) => executionId,
  ({ store }: Core, executionId) => selectAttempt(store.db, executionId),
)

export interface OutputPage {
  items: readonly StreamItem[]
  /** Of the last piece. */
  seq: number
  /** More may be there. */
  isFull: boolean
}

export const outputPage = sharedInTurn(
  (of: OutputPlace & { executionId: string; call: MaybeSealed }) => `${of.executionId} ${outputId(of)}`,
  async ({ store }: Core, { executionId, call, ...place }): Promise<OutputPage> => {
    const { attempt, seq: afterSeq } = place
    const pieces = await selectOutput(store.db, executionId, attempt, { afterSeq, limit: piecesPerPage })
    const items = pieces.map(({ seq, stream, at, data }) => {
      const event: OutputEvent = {
        execution_id: executionId,
        seq,
        stream: streamName(stream),
        at: at.toISOString(),
        data: openPiece(store.contents, call, () => sealedFor.output(executionId, attempt, seq), data).toString(
          'base64',
        ),
      }
      return { name: streamEventNames.output, id: outputId({ ...place, seq }), data: event }
    })
    return { items, seq: pieces.at(-1)?.seq ?? afterSeq, isFull: pieces.length === piecesPerPage }
  },
)

/** Events with cursors that say where the output stands, the same ones for all who stand there. */
export function withOutputIds(
  items: readonly StreamItem[],
  { attempt, seq }: Pick<OutputPlace, 'attempt' | 'seq'>,
): readonly StreamItem[] {
  const known = marked.get(items) ?? new Map<string, readonly StreamItem[]>()
  marked.set(items, known)
  const key = `${attempt}.${seq}`
  let made = known.get(key)
  if (made === undefined) {
    made = items.map((item) => ({ ...item, id: outputId({ event: item.id, attempt, seq }) }))
    known.set(key, made)
  }
  return made
}

const marked = new WeakMap<readonly StreamItem[], Map<string, readonly StreamItem[]>>()

/**
 * Who asks the same in one turn of the event loop gets the same answer. Not later: what was asked
 * in an earlier turn may have been read before the commit that the asker was woken for.
 */
function sharedInTurn<Asked, Answer>(
  keyOf: (asked: Asked) => string,
  read: (core: Core, asked: Asked) => Promise<Answer>,
): (core: Core, asked: Asked) => Promise<Answer> {
  const ofStores = new WeakMap<Core['store'], Map<string, Promise<Answer>>>()
  return (core, asked) => {
    const known = ofStores.get(core.store) ?? new Map<string, Promise<Answer>>()
    ofStores.set(core.store, known)
    const key = keyOf(asked)
    let answer = known.get(key)
    if (answer === undefined) {
      answer = read(core, asked)
      known.set(key, answer)
      setImmediate(() => known.delete(key))
    }
    return answer
  }
}
