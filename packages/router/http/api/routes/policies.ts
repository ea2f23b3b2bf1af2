import { policyFileJsonSchema } from '@xerotier/protocol/policy.ts'
import type { Core } from '../../../core.ts'
import { backtestPolicy, shadowPolicy } from '../../../domain/policies/backtest.ts'
import { activatePolicy, applyPolicy, deletePolicy } from '../../../domain/policies/change.ts'
import { checkPolicy } from '../../../domain/policies/check.ts'
import { diffPolicy, listPolicies, listPolicyVersions, showPolicy } from '../../../domain/policies/read.ts'
import { testPolicy } from '../../../domain/policies/try.ts'
import { policyWords } from '../../../domain/policy/words.ts'
import { ifMatchOf } from '../../headers.ts'
import type { Handlers } from '../handlers.ts'

export function policyHandlers(core: Core) {
  return {
    'policies.list': ({ actor, query }) => listPolicies(core, actor, query),
    'policies.schema': async () => policyFileJsonSchema(),
    'policies.words': async () => policyWords,
    'policies.check': ({ actor, body }) => checkPolicy(core, actor, body),
    'policies.test': ({ actor, body }) => testPolicy(core, actor, body),
    'policies.backtest': ({ actor, body }) => backtestPolicy(core, actor, body),
    'policies.show': async ({ actor, params, query, reply }) => {
      const { shown, newest } = await showPolicy(core, actor, params.policy, query.version)
      if (newest !== undefined) reply.header('etag', `"${newest}"`)
      return shown
    },
    'policies.apply': ({ actor, params, body, request }) =>
      applyPolicy(core, actor, params.policy, body, ifMatchOf(request)),
    'policies.delete': ({ actor, params, query, request }) =>
      deletePolicy(core, actor, params.policy, query, ifMatchOf(request)),
    'policies.activate': ({ actor, params, body, request }) =>
      activatePolicy(core, actor, params.policy, body, ifMatchOf(request)),
    'policies.versions': ({ actor, params, query }) => listPolicyVersions(core, actor, params.policy, query),
    'policies.diff': ({ actor, params, query }) => diffPolicy(core, actor, params.policy, query),
    'policies.shadow': ({ actor, params }) => shadowPolicy(core, actor, params.policy),
  } satisfies Partial<Handlers>
}
