import type { Database, Tx } from './database.ts'
import { actorName } from './names.ts'

/** Of some approvals, oldest first. */
export function selectRecommendations(db: Database | Tx, approvalIds: readonly string[]) {
  return db
    .selectFrom('approval_recommendations')
    .selectAll()
    .select(
      actorName('approval_recommendations.recommender', 'approval_recommendations.project_id').as('recommender_name'),
    )
    .where('approval_id', 'in', approvalIds)
    .orderBy('at')
    .orderBy('recommender')
    .execute()
}
export type RecommendationRow = Awaited<ReturnType<typeof selectRecommendations>>[number]
