import type { SavedView } from '@xerotier/protocol/api/saved-views.ts'
import type { Database, Tx } from './database.ts'

interface Owner {
  user_id: string
  project_id: string
}

/** By name. */
export async function selectSavedViews(db: Database | Tx, owner: Owner): Promise<SavedView[]> {
  return db
    .selectFrom('saved_views')
    .select(['page', 'name', 'search'])
    .where('user_id', '=', owner.user_id)
    .where('project_id', '=', owner.project_id)
    .orderBy('page')
    .orderBy('name')
    .execute()
}
