import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findWorkspace } from './find-workspace.ts'

test('a workspace that does not exist is named in the refusal', async () => {
  const core = { workspaces: { find: async () => undefined } }
  await assert.rejects(findWorkspace(core, 'p', 'prdo'), {
    code: 'workspace_not_found',
    message: 'There is no workspace "prdo" in this project.',
  })
})
