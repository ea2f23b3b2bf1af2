import { Fault } from '@xerotier/protocol/errors.ts'
import type { Answer, Invocation } from '../../tool.ts'

/**
 * The tools that the project's online agents offer, as the router says: the agent calls back with
 * its operator's token.
 */
export async function routerToolsList({ callback, signal }: Invocation): Promise<Answer> {
  if (callback === undefined) throw new Fault('router_callback_missing')
  return { result: await callback.get('v1/exec/tools', signal) }
}
