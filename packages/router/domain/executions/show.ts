import type { ExecutionDetail } from '@xerotier/protocol/api/executions.ts'
import { overflowName } from '@xerotier/protocol/frames/call/artifact.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { selectApprovalIds, selectNamedApprovals } from '../../store/approvals.ts'
import { selectArtifacts } from '../../store/artifacts.ts'
import { overheadOf, sealedFor, unreadable } from '../../store/contents.ts'
import { selectTransitions } from '../../store/events.ts'
import { selectInlineOutput } from '../../store/execution-output.ts'
import { selectRetries } from '../../store/executions.ts'
import { type LegalHoldRow, selectLegalHoldOf } from '../../store/legal-holds.ts'
import { type StreamName, streamName } from '../../store/output-streams.ts'
import { selectRemovedOf } from '../../store/retention.ts'
import { type Member, router } from '../actor.ts'
import { presentNamed as presentApprovals } from '../approvals/list.ts'
import type { Directory } from '../directory/workspaces.ts'
import { isReadable, openPiece } from '../encryption/pieces.ts'
import type { FleetView } from '../fleet/fleet.ts'
import { whatHoldsIt } from '../fleet/pauses.ts'
import type { Records } from '../records.ts'
import type { Settings } from '../settings.ts'
import { whatItWaitsFor } from '../tools/unserved.ts'
import { attemptsOf } from './attempts-of.ts'
import { findExecution } from './find.ts'
import { presentNamed } from './list.ts'
import { presentArtifact } from './list-artifacts.ts'
import { stateOf } from './state-of.ts'

/** A call has no more of the shortest. */
const inlinePieces = limits.outputTotalBytes / limits.outputPieceLeastBytes

/** Everything that is known of one execution. @throws Fault execution_not_found */
export async function showExecution(
  core: Records & FleetView & Directory & { settings: Pick<Settings, 'traceUrl'> },
  actor: Member,
  id: string,
): Promise<ExecutionDetail> {
  const { db } = core.store
  const row = await findExecution(core, actor.projectId, id)
  const queued = row.state === 'queued'
  const telling = selectTransitions(db, id)
  const [events, attempts, retries, approvals, artifacts, output, waitingFor, removed, held] = await Promise.all([
    telling,
    telling.then((events) => attemptsOf(db, row, events)),
    selectRetries(db, id),
    selectApprovalIds(db, id).then(async (ids) => presentApprovals(core, db, await selectNamedApprovals(db, ids))),
    selectArtifacts(db, id, row.attempt, row),
    selectInlineOutput(db, id, row.attempt, {
      pieces: inlinePieces,
      bytes: limits.outputInlineBytes,
      overhead: overheadOf(row),
    }),
    queued ? ((await whatHoldsIt(core, row)) ?? whatItWaitsFor(core, row)) : null,
    selectRemovedOf(db, actor.projectId, id),
    selectLegalHoldOf(db, actor.projectId, id),
  ])
  const opened = ({ seq, data }: { seq: number; data: Buffer }) =>
    openPiece(core.store.contents, row, () => sealedFor.output(id, row.attempt, seq), data)
  const readable = isReadable(core.store.contents, row)
  const bytes = (stream: StreamName) =>
    Buffer.concat(
      output.filter((piece) => streamName(piece.stream) === stream).map(readable ? opened : ({ data }) => data),
    )
  const [stdout, stderr] = [bytes('stdout'), bytes('stderr')]
  // The agent counts when the call is over. Until then, or if it never says, this is what has
  // arrived.
  const beyond = (stream: StreamName) =>
    artifacts.filter(({ name }) => name === overflowName(stream)).reduce((sum, artifact) => sum + artifact.bytes, 0)
  const cancel = events.find(({ kind }) => kind === 'execution.cancel_requested')
  const presented = presentNamed(row)
  return {
    ...presented,
    stdout_bytes: Math.max(row.stdout_bytes, stdout.length + beyond('stdout')),
    stderr_bytes: Math.max(row.stderr_bytes, stderr.length + beyond('stderr')),
    stdout: readable ? stdout.toString() : unreadable,
    stderr: readable ? stderr.toString() : '',
    artifacts: artifacts.map(presentArtifact),
    legal_hold: held === undefined ? null : presentHold(held),
    output_removed: removed.has('output') && row.stdout_bytes + row.stderr_bytes > 0,
    transitions: events.flatMap((event) => {
      const state = stateOf(event.kind)
      if (state === undefined) return []
      // When its dispatch left stands at the attempt.
      const { sent_at: _, ...detail } = event.data
      const { actor, actor_name } = event
      return [{ state, at: event.at.toISOString(), actor, actor_name, detail }]
    }),
    attempts,
    retries: retries.map(({ created_at, ...retry }) => ({ ...retry, created_at: created_at.toISOString() })),
    trace_url:
      presented.trace_id === null
        ? null
        : (core.settings.traceUrl?.replaceAll('{trace_id}', presented.trace_id) ?? null),
    approvals: approvals.map(
      ({ id, state, decided_by, decided_by_name, decided_key, decided_door, decided_at, note, ...asking }) => ({
        ...{
          id,
          state,
          risk: asking.risk,
          tool_risk: asking.tool_risk,
          decided_by,
          decided_by_name,
          decided_key,
          decided_door,
          decided_at,
          note,
        },
        policy_version: asking.policy_version,
        asked: asking.asked,
        votes: asking.votes,
        needs: asking.needs,
        needed: asking.needed,
        runs_at: asking.runs_at,
      }),
    ),

    waiting_for: waitingFor,
    queue_deadline: queued ? (row.queue_deadline?.toISOString() ?? null) : null,
    cancel_requested:
      cancel === undefined ? null : { at: cancel.at.toISOString(), by: cancel.actor, by_name: cancel.actor_name },
    resolution:
      row.resolved_at === null
        ? null
        : {
            by: row.resolved_by ?? router.id,
            by_name: row.resolved_by_name,
            note: row.resolved_note ?? '',
            at: row.resolved_at.toISOString(),
          },
  }
}

function presentHold({ id, reason, incident, placed_at }: LegalHoldRow): ExecutionDetail['legal_hold'] {
  return { id, reason, incident, placed_at: placed_at.toISOString() }
}
