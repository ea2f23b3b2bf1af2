// For tests: the agent's end of the wire as a notebook. The real link is tested in packages/link; the outbox here is real.
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Outbox, openOutbox } from '@xerotier/link/outbox.ts'
import type { AcceptedFrame } from '@xerotier/protocol/frames/accepted.ts'
import type { ArtifactFrame } from '@xerotier/protocol/frames/artifact.ts'
import type { DispatchFrame } from '@xerotier/protocol/frames/dispatch.ts'
import type { OutputFrame } from '@xerotier/protocol/frames/output.ts'
import type { RefusedFrame } from '@xerotier/protocol/frames/refused.ts'
import type { ResultFrame } from '@xerotier/protocol/frames/result.ts'
import { callText, type Grant, grantText } from '@xerotier/protocol/grant.ts'
import type { Binding } from '@xerotier/protocol/manifest.ts'
import { systemClock } from '@xerotier/runtime/clock.ts'
import { sha256Hex } from '@xerotier/runtime/digest.ts'
import { newSigningKey, verifyingKey } from '@xerotier/runtime/ed25519.ts'
import { silentLog } from '@xerotier/runtime/log.ts'
import type { Tool } from '../tool.ts'
import { createBuiltins } from '../tools/builtins/registry.ts'
import { parseBundle } from '../tools/bundle-file.ts'
import { loadTools } from '../tools/load-bundle.ts'
import { createExecutions, type Executions, type ExecutionsOptions } from './executions.ts'

type Frame = AcceptedFrame | OutputFrame | ArtifactFrame | ResultFrame | RefusedFrame

export const binding: Binding = {
  workspace_id: 'ws_0123456789ab',
  workspace: 'test-space',
  type: 'generic',
  credentials_ref: null,
}

const routerKey = newSigningKey()

export interface Bench {
  folder: string
  frames: Frame[]
  outbox: Outbox
  executions: Executions
  /** Bytes that count as acknowledged: set it and say `executions.outputAcknowledged`. */
  acknowledgedBytes: number
  /** A dispatch of a tool of the bench with digest and, where its risk needs one, a grant. */
  frame(tool: string, args: Record<string, unknown>, change?: Partial<DispatchFrame>): DispatchFrame
  /** The first frame, now or later, that fits. */
  until<T extends Frame['t']>(t: T, executionId: string): Promise<Extract<Frame, { t: T }>>
  /** Waits for some condition that frames bring about. */
  untilTrue(condition: () => boolean): Promise<void>
  output(executionId: string, stream?: 'stdout' | 'stderr'): string
  close(): Promise<void>
}

export function grantFor(digest: string, change: Partial<Grant> = {}, key = routerKey): Grant {
  const grant = { approval_id: null, digest, expires_at: systemClock.now() + 60_000, ...change }
  const signature = new Uint8Array(key.sign(Buffer.from(grantText(grant))))
  return { ...grant, signatures: [{ signer: 'router', key_id: key.keyId, alg: 'ed25519', signature }] }
}

/** Executions over the tools of one bundle text, or over tools that are loaded already. */
export function createBench(
  source: string | ReadonlyMap<string, Tool>,
  change: Partial<ExecutionsOptions> = {},
): Bench {
  const folder = mkdtempSync(join(tmpdir(), 'xem-bench-'))
  const tools = typeof source === 'string' ? toolsOf(source, folder) : source
  const frames: Frame[] = []
  const sent = new Map<string, number>()
  const listeners = new Set<() => void>()
  const record = (frame: Frame) => {
    frames.push(frame)
    if ('data' in frame) sent.set(frame.execution_id, (sent.get(frame.execution_id) ?? 0) + frame.data.length)
    for (const listener of listeners) listener()
  }
  const outbox = openOutbox(join(folder, 'state', 'queue.sqlite'))
  const bench: Bench = {
    folder,
    frames,
    outbox,
    acknowledgedBytes: Number.MAX_SAFE_INTEGER,
    executions: createExecutions({
      clock: systemClock,
      log: silentLog,
      credentialsDir: join(folder, 'credentials'),
      hostEnv: process.env,
      callback: undefined,
      outbox,
      projectId: 'proj_test1',
      routerKey: { key: verifyingKey(routerKey.publicKey), keyId: routerKey.keyId },
      maxConcurrent: 20,
      tools: () => tools,
      meters: { started() {}, ended() {}, refused() {} },
      link: {
        accepted: record,
        output: record,
        refused: record,
        unacknowledgedBytes: (id) => Math.max(0, (sent.get(id) ?? 0) - bench.acknowledgedBytes),
        result(frame, options) {
          outbox.settle(frame, options)
          record(frame)
        },
      },
      ...change,
    }),
    frame(tool, args, overrides = {}) {
      const descriptor = tools.get(tool)!.descriptor
      const call = {
        execution_id: randomUUID(),
        project_id: 'proj_test1',
        tool,
        schema_digest: descriptor.schema_digest,
        risk: descriptor.risk,
        policy_version: 1,
        args,
        ...overrides,
      }
      const workspace = overrides.workspace ?? binding
      const digest = sha256Hex(callText({ ...call, workspace_id: workspace.workspace_id }))
      const gated = descriptor.risk === 'destructive' || descriptor.risk === 'irreversible'
      return {
        t: 'dispatch',
        attempt: 1,
        lease_epoch: 1,
        workspace,
        digest,
        timeout_ms: descriptor.timeout_ms,
        grant: gated ? grantFor(digest) : null,
        request_id: 'req-test',
        traceparent: null,
        ...call,
        ...overrides,
      }
    },
    until(t, executionId) {
      return new Promise((resolve) => {
        const look = () => {
          const found = frames.find((frame) => frame.t === t && frame.execution_id === executionId)
          if (found === undefined) return
          listeners.delete(look)
          resolve(found as never)
        }
        listeners.add(look)
        look()
      })
    },
    untilTrue(condition) {
      return new Promise((resolve) => {
        const look = () => {
          if (!condition()) return
          listeners.delete(look)
          resolve()
        }
        listeners.add(look)
        look()
      })
    },
    output(executionId, stream = 'stdout') {
      const parts = frames.filter(
        (frame) => frame.t === 'output' && frame.execution_id === executionId && frame.stream === stream,
      )
      return Buffer.concat(parts.map((frame) => ('data' in frame ? frame.data : Buffer.alloc(0)))).toString('utf8')
    },
    async close() {
      bench.executions.interrupt()
      await bench.executions.idle()
      outbox.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
  bench.executions.bind([binding])
  return bench
}

function toolsOf(bundleYaml: string, folder: string): ReadonlyMap<string, Tool> {
  const builtins = createBuiltins({ clock: systemClock, writeDirs: [folder] })
  const loaded = loadTools(parseBundle(bundleYaml, 'bundle.yaml'), folder, builtins)
  return new Map(loaded.map((tool) => [tool.descriptor.name, tool]))
}
