// Walks through a guide block by block, as a reader with a terminal does.

import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { childEnvironment } from '@xerotier/devkit/child-environment.ts'
import { guardProcess } from '@xerotier/runtime/guard-process.ts'
import { fillIn, readGuide } from './guide.ts'

export const clone = join(import.meta.dirname, '../..')

/** How long one block may take; a service is ended when the walk is. */
const blockMs = 60_000

export interface Place {
  env: Readonly<Record<string, string | undefined>>
  cwd: string
}

export interface Output {
  stdout: string
  stderr: string
}

export interface Service {
  output(): Output
  /** Resolves with the first match in what it prints. @throws when it ends first */
  saw(pattern: RegExp): Promise<RegExpExecArray>
  /** What Ctrl-C in its terminal does. Resolves with its exit code. */
  interrupt(): Promise<number | null>
}

export interface Walk {
  /** Values of placeholders; add those that a step prints. */
  values: Record<string, string>
  /** Runs the next block to its end. @throws when a command of it fails */
  run(): Promise<Output>
  /** Starts the next block, which is marked `service`. */
  start(): Promise<Service>
  /** Asserts that no block is left, and ends what still runs. */
  end(): Promise<void>
  /** Ends what still runs, also after a failure. */
  stop(): Promise<void>
}

/** @param places by the word behind `sh` that names them */
export function walkGuide(
  name: string,
  places: Readonly<Record<string, Place>>,
  adapt = (commands: string) => commands,
): Walk {
  const guide = readGuide(name)
  const services: { child: ChildProcess; service: Service }[] = []
  let next = 0

  function open(service: boolean) {
    const block = guide.blocks[next++]
    assert.ok(block !== undefined, `${name} has no further block`)
    const where = `${name}:${block.line}`
    assert.equal(block.words.includes('service'), service, `${where}: is it a service?`)
    const place = places[block.words[0] ?? '']
    assert.ok(place !== undefined, `${where}: where does it run?`)
    const commands = adapt(fillIn(block.commands, walk.values))
    // A group of its own, as in a terminal, so that a signal reaches the program behind the shell.
    const child = spawn('sh', ['-euc', commands], {
      cwd: place.cwd,
      env: { ...childEnvironment(), ...place.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    const output: Output = { stdout: '', stderr: '' }
    for (const stream of ['stdout', 'stderr'] as const)
      child[stream].setEncoding('utf8').on('data', (text: string) => {
        output[stream] += text
      })
    return { where, commands, child, output, closed: once(child, 'close') as Promise<[number | null]> }
  }

  const walk: Walk = {
    values: {},
    async run() {
      const { where, commands, child, output, closed } = open(false)
      const late = setTimeout(() => signal(child, 'SIGKILL'), blockMs)
      const [code] = await closed
      clearTimeout(late)
      assert.equal(code, 0, `${where}\n${commands}\n${output.stdout}${output.stderr}`)
      return output
    },
    async start() {
      const { where, child, output, closed } = open(true)
      // Should this process be killed, the service and what it started go too.
      const guard = guardProcess(-child.pid!, { signal: 'TERM' })
      void closed.then(() => guard.kill('SIGKILL'))
      const service: Service = {
        output: () => output,
        saw: (pattern) =>
          new Promise((resolve, reject) => {
            const look = () => {
              const found = pattern.exec(output.stdout + output.stderr)
              if (found !== null) resolve(found)
            }
            child.stdout.on('data', look)
            child.stderr.on('data', look)
            void closed.then(() => {
              look()
              reject(new Error(`${where}: it ended without saying ${pattern}\n${output.stdout}${output.stderr}`))
            })
            look()
          }),
        async interrupt() {
          signal(child, 'SIGINT')
          const [code] = await closed
          return code
        },
      }
      services.push({ child, service })
      return service
    },
    async end() {
      assert.equal(next, guide.blocks.length, `${name} has blocks that nothing ran`)
      await walk.stop()
    },
    async stop() {
      for (const { child, service } of services.splice(0).reverse())
        if (child.exitCode === null && child.signalCode === null) await service.interrupt()
    },
  }
  return walk
}

function signal(child: ChildProcess, name: NodeJS.Signals): void {
  if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) process.kill(-child.pid, name)
}

/** The clone's programs first, as `npm run` and `npx` have it. */
export const path = `${join(clone, 'node_modules/.bin')}:${process.env.PATH}`
