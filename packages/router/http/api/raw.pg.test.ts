import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Member } from '../../domain/actor.ts'
import { artifactBytes } from '../../domain/executions/artifact.ts'
import { newId } from '../../domain/ids.ts'
import { startApiForTests } from '../api.fixture.ts'

test('raw output is whole: what did not fit into the record follows from the artifact of its stream', async () => {
  const router = await startApiForTests()
  try {
    const { db } = router.core.store
    const made = await router.call('POST', '/acme/v1/workspaces', { body: { name: 'lab' } })
    const id = await router.storeExecution({ workspace_id: made.body.id, tool: 'long' })
    const at = new Date()
    const inline = ['out1 ', 'err1 ', 'out2 '].map((text, seq) => ({
      execution_id: id,
      attempt: 1,
      at,
      seq,
      stream: seq === 1 ? 2 : 1,
      data: Buffer.from(text),
    }))
    await db.insertInto('execution_output').values(inline).execute()
    const addArtifact = async (name: string, attempt: number, texts: string[]) => {
      const artifact = newId('cart', router.clock.now())
      const about = { project_id: router.projectId, execution_id: id, attempt, media_type: 'text/plain' }
      const row = { id: artifact, ...about, name, created_at: at }
      await db.insertInto('artifacts').values(row).execute()
      const chunks = texts.map((text, seq) => ({ artifact_id: artifact, seq, data: Buffer.from(text) }))
      await db.insertInto('artifact_chunks').values(chunks).execute()
    }
    // More chunks than one page.
    await addArtifact(
      'stdout.log',
      1,
      Array.from({ length: 20 }, (_, n) => `o${n} `),
    )
    await addArtifact('stderr.log', 1, ['err2'])
    await addArtifact('stdout.log', 0, ['of an earlier attempt'])
    await addArtifact('report.pdf', 1, ['no output'])

    const raw = async (query: string) => (await router.call('GET', `/acme/v1/exec/executions/${id}/raw${query}`)).body
    const rest = Array.from({ length: 20 }, (_, n) => `o${n} `).join('')
    assert.equal(await raw(''), `out1 err1 out2 ${rest}err2`)
    assert.equal(await raw('?stream=stdout'), `out1 out2 ${rest}`)
    assert.equal(await raw('?stream=stderr'), 'err1 err2')
  } finally {
    await router.stop()
  }
})

test('a download of an artifact that grows meanwhile ends at the length that it told', async () => {
  const router = await startApiForTests()
  try {
    const { core, projectId } = router
    const { db } = core.store
    const made = await router.call('POST', '/acme/v1/workspaces', { body: { name: 'lab' } })
    const id = await router.storeExecution({ workspace_id: made.body.id, tool: 'long' })
    const artifact = newId('cart', router.clock.now())
    const about = {
      project_id: projectId,
      execution_id: id,
      attempt: 1,
      media_type: 'text/plain',
      created_at: new Date(),
    }
    await db
      .insertInto('artifacts')
      .values({ id: artifact, name: 'stdout.log', ...about })
      .execute()
    const grow = (from: number, to: number) => {
      const seqs = Array.from({ length: to - from }, (_, n) => from + n)
      return db
        .insertInto('artifact_chunks')
        .values(seqs.map((seq) => ({ artifact_id: artifact, seq, data: Buffer.alloc(10, 'x') })))
        .execute()
    }
    await grow(3, 20)
    const { bytes, chunks } = await artifactBytes(core, { projectId } as Member, id, 'stdout.log')
    assert.equal(bytes, 170)
    await grow(20, 60)
    // Not only after the others: a piece that came again.
    await grow(2, 3)
    let read = 0
    for await (const chunk of chunks) read += chunk.length
    assert.equal(read, bytes)
  } finally {
    await router.stop()
  }
})
