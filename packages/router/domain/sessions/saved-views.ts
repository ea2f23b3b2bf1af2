// Views that a person has given a name, in the project that they look at.
import type { SavedView } from '@xerotier/protocol/api/saved-views.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { selectSavedViews } from '../../store/saved-views.ts'
import { write } from '../events/write.ts'
import type { Records } from '../records.ts'
import type { KnownSession } from './admit.ts'

export function listSavedViews(core: Records, { row }: KnownSession): Promise<SavedView[]> {
  return selectSavedViews(core.store.db, row)
}

/**
 * In the place of the one that has its name, where there is one.
 * @throws Fault limit_reached
 */
export async function saveView(core: Records, { row }: KnownSession, view: SavedView): Promise<void> {
  const { user_id, project_id } = row
  await write(core, async ({ tx, now }) => {
    const there = await selectSavedViews(tx, row)
    const isNew = !there.some(({ page, name }) => page === view.page && name === view.name)
    if (isNew && there.length >= limits.savedViews)
      throw new Fault('limit_reached', { message: `There are ${limits.savedViews} saved views already: remove one.` })
    await tx
      .insertInto('saved_views')
      .values({ user_id, project_id, ...view, created_at: now })
      .onConflict((conflict) =>
        conflict.columns(['user_id', 'project_id', 'page', 'name']).doUpdateSet({ search: view.search }),
      )
      .execute()
  })
}

/** Nothing happens where there is none. */
export async function removeView(
  core: Records,
  { row }: KnownSession,
  { page, name }: Pick<SavedView, 'page' | 'name'>,
): Promise<void> {
  await write(core, async ({ tx }) => {
    await tx
      .deleteFrom('saved_views')
      .where('user_id', '=', row.user_id)
      .where('project_id', '=', row.project_id)
      .where('page', '=', page)
      .where('name', '=', name)
      .execute()
  })
}
