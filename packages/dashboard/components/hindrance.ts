import { may } from '../api/queries.ts'
import { useSession } from '../api/session.ts'
import { words } from '../words/en.ts'

/**
 * Why the one who sits here may not; undefined when they may. The router decides, and this says so
 * beforehand.
 */
export function useHindrance(...scopes: readonly ('execution' | 'management' | 'inference')[]): string | undefined {
  const session = useSession()
  const missing = scopes.find((scope) => !may(session, scope))
  return missing === undefined ? undefined : words.failure.needs(missing)
}
