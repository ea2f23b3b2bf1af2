import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { until } from '@xerotier/devkit/faults/until.ts'
import { startSystem } from '@xerotier/devkit/system.ts'

test('an agent that stops while it reloads gives the reload up, and leaves no server of it', async () => {
  const system = await startSystem()
  try {
    const agent = await system.addAgent()
    const path = join(agent.tools, 'hanging', 'pid')
    mkdirSync(join(agent.tools, 'hanging'))
    const script = 'echo $$ > pid.new; mv pid.new pid; exec sleep 600'
    const bundle = `name: hanging\nversion: '1'\ndomain: d\nmcp: { command: /bin/sh, args: [-c, '${script}'] }\n`
    writeFileSync(join(agent.tools, 'hanging', 'bundle.yaml'), bundle)
    const reloading = assert.rejects(agent.agent.reload(), { message: 'stopped before all bundles were loaded' })
    const pid = Number(await until('the server', () => (existsSync(path) ? readFileSync(path, 'utf8') : undefined)))
    rmSync(join(agent.tools, 'hanging'), { recursive: true })
    await agent.restart()
    await reloading
    await until('the end of the server', () => !existsSync(`/proc/${pid}`) || undefined)
  } finally {
    await system.stop()
  }
})
