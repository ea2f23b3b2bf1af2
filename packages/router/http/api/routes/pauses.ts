import type { Core } from '../../../core.ts'
import { endPause } from '../../../domain/pauses/end.ts'
import { planPause } from '../../../domain/pauses/plan.ts'
import { listPauses, showPause } from '../../../domain/pauses/read.ts'
import { startPause } from '../../../domain/pauses/start.ts'
import type { Handlers } from '../handlers.ts'

export function pauseHandlers(core: Core) {
  return {
    'pauses.list': ({ actor, query }) => listPauses(core, actor, query),
    async 'pauses.create'({ actor, body, reply }) {
      const { pause, created } = await startPause(core, actor, body)
      reply.code(created ? 201 : 200)
      return pause
    },
    'pauses.plan': ({ actor, body }) => planPause(core, actor, body),
    'pauses.show': ({ actor, params }) => showPause(core, actor, params.id),
    'pauses.end': ({ actor, params }) => endPause(core, actor, params.id),
  } satisfies Partial<Handlers>
}
