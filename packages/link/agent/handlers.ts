// What becomes of the frames of the router: the work gets its own, the body sees to the rest.
import type { Log } from '@xerotier/runtime/log.ts'
import type { LinkHandlers } from '../link.ts'
import type { ManifestKeeper } from './manifest.ts'
import type { Work } from './work.ts'

export interface HandlerParts {
  log: Log
  work: Work
  manifest: ManifestKeeper
  /** Publishes it. */
  manifestChanged(): void
  online(): void
  /** The work has been ended: so does the agent. */
  revoked(): void
}

export function createHandlers({ log, work, manifest, ...parts }: HandlerParts): LinkHandlers {
  return {
    dispatch: work.dispatch,
    cancel: work.cancel,
    forget: work.forget,
    outputAcknowledged: work.outputAcknowledged,
    bindings(bindings) {
      work.bind(bindings)
      log.info({ workspaces: bindings.map((binding) => binding.workspace) }, 'workspaces served')
      const workspaces = bindings.map((binding) => binding.workspace_id)
      if (manifest.update({ workspaces })) parts.manifestChanged()
    },
    paused(paused) {
      work.pause(paused)
      log.notice({ paused }, paused.length === 0 ? 'nothing is paused' : 'paused')
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
    online: parts.online,
    offline: (reason) => log.warning({ reason }, 'offline; it connects again by itself'),
  }
}
