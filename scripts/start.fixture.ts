// `npm start` as a process, with a state folder and ports of its own.

import assert from 'node:assert/strict'
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { childEnvironment } from '@xerotier/devkit/child-environment.ts'

export interface Started {
  child: ChildProcess
  /** All that it printed. */
  text(): string
  /** Resolves once it printed something like this. */
  saw(pattern: RegExp): Promise<RegExpExecArray>
  /** Ctrl-C; resolves with its exit code. */
  stopped(): Promise<number | null>
}

export interface Starts {
  stateDir: string
  start(env?: Record<string, string>): Started
  /** In the folder that holds the state folder. @throws with its stderr when it fails */
  xeroctl(...args: string[]): Promise<string>
  /** Ends what still runs and removes everything. */
  clear(): void
}

export function prepareStarts(): Starts {
  const folder = mkdtempSync(join(tmpdir(), 'xerotier-start-'))
  chmodSync(folder, 0o755)
  const stateDir = join(folder, '.xerotier')
  const running: ChildProcess[] = []
  return {
    stateDir,
    start(env = {}) {
      const child = spawn(process.execPath, [fileURLToPath(new URL('start.ts', import.meta.url))], {
        env: {
          ...childEnvironment(),
          HOME: folder,
          XEROTIER_STATE_DIR: stateDir,
          XEM_SHIPPED_BUNDLES: 'host',
          XEROTIER_HTTP_PORT: '0',
          XEROTIER_DATA_PLANE_PORT: '0',
          XEROTIER_DATA_PLANE_ALTERNATE_PORT: '0',
          XEROTIER_XEM_METRICS_PORT: '0',
          ...env,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      running.push(child)
      let text = ''
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (part) => {
          text += part
        })
      return {
        child,
        text: () => text,
        async saw(pattern) {
          const closed = once(child, 'close').then(() => true)
          for (;;) {
            const found = pattern.exec(text)
            if (found) return found
            const over = await Promise.race([closed, once(child.stdout, 'data').then(() => false)])
            if (over && !pattern.test(text)) assert.fail(`it ended without saying ${pattern}:\n${text}`)
          }
        },
        async stopped() {
          const exit = once(child, 'exit')
          child.kill('SIGINT')
          // npm passes on what the terminal has sent already.
          child.kill('SIGINT')
          const [code] = await exit
          return code as number | null
        },
      }
    },
    xeroctl(...args) {
      const program = fileURLToPath(new URL('../packages/xeroctl/main.ts', import.meta.url))
      return new Promise((resolve, reject) => {
        const env = { ...childEnvironment(), HOME: folder }
        execFile(process.execPath, [program, ...args], { cwd: folder, env }, (error, stdout, stderr) =>
          error ? reject(new Error(`xeroctl ${args.join(' ')}: ${stderr}`)) : resolve(stdout),
        )
      })
    },
    clear() {
      for (const child of running) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
      // As root the cluster is outside of the state folder.
      const cluster = join(stateDir, 'postgres')
      if (existsSync(cluster)) rmSync(realpathSync(cluster), { recursive: true, force: true })
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
