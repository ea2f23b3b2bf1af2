// What becomes of the frames of the router: the work gets its own, the body sees to the rest.
import type { Log } from '@xerotier/runtime/log.ts'
import type { LinkHandlers } from '../link.ts'
import type { ManifestKeeper } from './manifest.ts'
import type { Work } from './work.ts'

export interface HandlerParts {
  log: Log
  work: Work
  manifest: ManifestKeeper
  checkpoint: LinkHandlers['checkpoint']
  /** Publishes it. */
  manifestChanged(): void
  grantKeys: LinkHandlers['grantKeys']
  clock(offsetMs: number): void
  /** Another signing key is in use. */
  signsAnew(): void
  /** Asks where to dial. */
  unreached(): void
  online(): void
  /** The work has been ended: so does the agent. */
  revoked(): void
}

export function createHandlers({ log, work, manifest, ...parts }: HandlerParts): LinkHandlers {
  /** Of the workspaces, by id. */
  let names: ReadonlyMap<string, string> = new Map()
  return {
    dispatch: work.dispatch,
    cancel: work.cancel,
    forget: work.forget,
    outputAcknowledged: work.outputAcknowledged,
    bindings(bindings) {
      work.bind(bindings)
      names = new Map(bindings.map((binding) => [binding.workspace_id, binding.workspace]))
      log.info({ workspaces: bindings.map((binding) => binding.workspace) }, 'workspaces served')
      const workspaces = bindings.map((binding) => binding.workspace_id)
      if (manifest.update({ workspaces })) parts.manifestChanged()
    },
    paused(paused) {
      work.pause(paused)
      const ids = paused.flatMap(({ workspace_id }) => workspace_id ?? [])
      if (paused.length === 0) log.notice({}, 'nothing is paused')
      else if (ids.length < paused.length) log.notice({}, 'paused for every workspace')
      else log.notice({ workspaces: ids.map((id) => names.get(id) ?? id) }, 'paused for these workspaces alone')
    },
    credentialsRevoked(reason) {
      log.critical(
        { reason },
        'the router revoked the credentials of this agent; it must be enrolled again with a new join key',
      )
      work.drain()
      work.interrupt()
      parts.revoked()
    },
    checkpoint: parts.checkpoint,
    grantKeys: parts.grantKeys,
    clock: parts.clock,
    unreached: parts.unreached,
    signsAnew: parts.signsAnew,
    online: parts.online,
    offline: (reason) => log.warning({ reason }, 'offline; it connects again by itself'),
  }
}
