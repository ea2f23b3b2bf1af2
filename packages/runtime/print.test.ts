import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'

test('a reader that has had enough ends no program with a stack trace', async () => {
  const script = `
    import { print } from ${JSON.stringify(new URL('print.ts', import.meta.url).href)}
    process.stdin.once('end', () => {
      print('first\\n')
      print('second\\n')
    })
    process.stdin.resume()
  `
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['pipe', 'pipe', 'pipe'] })
  let complaint = ''
  child.stderr.on('data', (data) => {
    complaint += data
  })
  // The pipe is closed before anything is written.
  child.stdout.destroy()
  child.stdin.end()
  const [code] = await once(child, 'close')
  assert.deepEqual([code, complaint], [0, ''])
})
