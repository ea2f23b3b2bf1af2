// What a reload replaces must go: an agent lives for months, and its bundles change daily.
import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { startSystem } from '@xerotier/devkit/system.ts'

setFlagsFromString('--expose-gc')
// Code that is thrown away because it rests would hide as much that stays.
setFlagsFromString('--no-flush-bytecode')
const gc = runInNewContext('gc') as () => void

const warmUp = 30
const reloads = 100
/** A reload makes about a megabyte. What V8 compiles meanwhile counts as well. */
const mostKiB = 8

function commandBundle(name: string): string {
  const tool = (nth: number) => `
  - name: ${name}_${nth}
    description: one of many
    risk: read
    input_schema:
      type: object
      properties:
        a: { type: string, pattern: '^[a-z]+$', maxLength: 9 }
        n: { type: integer, default: ${nth} }
    command: [echo, '{a}']`
  return `name: ${name}\nversion: '1'\ndomain: test\ntools:${Array.from({ length: 10 }, (_, nth) => tool(nth)).join('')}\n`
}

/** Of ten tools. Each reload starts it: a shell, as a Node takes twenty times as long. */
const server = `#!/bin/sh
answer() { printf '{"jsonrpc":"2.0","id":%s,"result":%s}\\n' "$id" "$1"; }
while read -r line; do
  id=\${line##*'"id":'}
  id=\${id%%[,\\}]*}
  case $line in
    *'"method":"initialize"'*)
      answer '{"protocolVersion":"2025-06-18","capabilities":{"tools":{}},"serverInfo":{"name":"s","version":"1"}}' ;;
    *'"method":"tools/list"'*)
      answer '{"tools":${JSON.stringify(
        Array.from({ length: 10 }, (_, nth) => ({
          name: `mcp_${nth}`,
          description: 'one of many',
          inputSchema: { type: 'object', properties: { a: { type: 'string', maxLength: nth } } },
        })),
      )}}' ;;
  esac
done
`

test(`${reloads} reloads of command bundles and an MCP server leave nothing behind`, { timeout: 300_000 }, async () => {
  const system = await startSystem()
  try {
    const { agent } = await system.addAgent({
      prepare({ tools }) {
        const mcp = `name: mcp\nversion: '1'\ndomain: test\nmcp: { command: ./server }\n`
        for (const [name, text] of [
          ['one', commandBundle('one')],
          ['two', commandBundle('two')],
          ['mcp', mcp],
        ] as const) {
          mkdirSync(join(tools, name))
          writeFileSync(join(tools, name, 'bundle.yaml'), text)
        }
        writeFileSync(join(tools, 'mcp', 'server'), server, { mode: 0o755 })
      },
    })
    const { bundles } = await system.client.call('agents.show', { params: { id: 'test-xem-01' } })
    assert.deepEqual(
      bundles.map(({ name, error }) => [name, error]),
      ['host', 'bench', 'mcp', 'one', 'two'].map((name) => [name, null]),
    )
    const heldAfter = async (count: number) => {
      for (let nth = 0; nth < count; nth++) await agent.reload()
      // What waits for the loop goes with its turns, and what a collection frees may hold more.
      for (let turn = 0; turn < 3; turn++) {
        await new Promise(setImmediate)
        gc()
      }
      return process.memoryUsage().heapUsed
    }
    const before = await heldAfter(warmUp)
    const grown = (await heldAfter(reloads)) - before
    assert.ok(grown < reloads * mostKiB * 1024, `${(grown / reloads / 1024).toFixed(1)} KiB a reload`)
  } finally {
    await system.stop()
  }
})
