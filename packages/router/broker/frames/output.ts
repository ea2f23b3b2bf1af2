import type { ArtifactFrame } from '@xerotier/protocol/frames/call/artifact.ts'
import type { OutputFrame } from '@xerotier/protocol/frames/call/output.ts'
import { isAbout, type LiveCall } from '../../domain/attempts/calls.ts'
import { countOutput, openArtifact, storeArtifact, storeOutput } from '../../domain/attempts/output.ts'
import type { Peer } from '../peer.ts'
import type { Session } from '../session.ts'

/** Of a call that ended a moment ago there may be many honest pieces on the way. */
const wantedByNobody = 0.1

/**
 * Stores a piece of output or artifact, then opens the agent's window. A piece that could not be
 * stored ends the session: an agent sends again what was not acknowledged when it has another.
 */
export async function onOutput(peer: Peer, frame: OutputFrame | ArtifactFrame): Promise<void> {
  const { core, session, reply, begin } = peer
  const { execution_id, attempt, lease_epoch } = frame
  const call = core.calls.get(session.agent.projectId, execution_id)
  if (call?.agent !== session.agent || !isAbout(call, frame)) {
    // Of a call that has ended, or never was here: nobody wants it, and nothing is kept of it.
    peer.spend(wantedByNobody)
    return reply({ t: 'output_ack', execution_id, attempt, lease_epoch, seq: frame.seq })
  }
  const arrival = session.outputAcks.received(call, frame.seq)
  // After a result it is dropped as well, and acknowledged in its order: what came before may still
  // wait for its commit.
  if (!call.over && countOutput(call, frame)) {
    try {
      await store(peer, call, frame)
    } catch (error) {
      begin('A piece of output could not be stored.')
      throw error
    }
  }
  // It may have been dropped with its session while it waited: it comes again in the next one.
  if (!core.fleet.holds(session.agent)) return
  const seq = session.outputAcks.stored(call, arrival)
  if (seq !== undefined) reply({ t: 'output_ack', execution_id, attempt, lease_epoch, seq })
}

function store({ core, session }: Peer, call: LiveCall, frame: OutputFrame | ArtifactFrame): Promise<void> {
  if (frame.t === 'output') return inTurn(session, call, () => storeOutput(core, call, frame))
  // Each new name takes a connection of all.
  const opened = session.artifactTurns.take(() => openArtifact(core, call, frame))
  opened.catch(() => {})
  const storing = inTurn(session, call, async () => storeArtifact(core, call, frame, await opened))
  const all = Promise.all([session.artifacts.get(call), storing])
  // Its result looks at it, or nobody does.
  all.catch(() => {})
  session.artifacts.set(call, all)
  return storing
}

/** Once it has begun, the commit queue keeps what is about its call in order. */
function inTurn({ pieceTurns, waitingPieces }: Session, call: LiveCall, work: () => Promise<void>): Promise<void> {
  const count = (change: number) => void waitingPieces.set(call, (waitingPieces.get(call) ?? 0) + change)
  count(1)
  return pieceTurns.take(() => {
    const begun = work()
    count(-1)
    return begun
  })
}
