// What a run of node:test looks like here: a line a file, every
// failure in full at the end, every skip by name, the slowest files.
import { relative, resolve } from 'node:path'
import type { run } from 'node:test'
import { inspect } from 'node:util'

/** Of a run of more files. */
const slowestShown = 10

export interface Totals {
  passed: number
  failed: number
}

interface TestError extends Error {
  failureType?: string
  cause?: unknown
  /** Of a whole file that ended badly although its tests may have passed. */
  exitCode?: number | null
  signal?: string | null
}

interface Finished {
  name: string
  file?: string
  line?: number
  skip?: string | boolean
  todo?: string | boolean
  details: {
    type?: string
    passed?: boolean
    duration_ms?: number
    error?: TestError
  }
}

/**
 * Reads the stream to its end, printing as it goes. Suites and the parents of failed subtests are
 * no tests of their own. It returns when no file has ended for `stalledMs`, and counts those that
 * still run as failures: node's own timeout ends a test, but not a file whose process lives on, nor
 * one whose output another process has inherited.
 */
export async function reportTests(
  stream: ReturnType<typeof run>,
  { print, stalledMs }: { print: (line: string) => void; stalledMs: number },
): Promise<Totals> {
  const failures: Finished[] = []
  const skips: Finished[] = []
  const output = new Map<string, string>()
  let passed = 0
  const on = stream.on.bind(stream) as unknown as (event: string, listener: (data: never) => void) => void

  for (const event of ['test:stdout', 'test:stderr']) {
    on(event, ({ file, message }: { file?: string; message: string }) => {
      if (file) output.set(file, ((output.get(file) ?? '') + message).slice(-20_000))
    })
  }
  const running = new Set<string>()
  on('test:dequeue', ({ name, file }: Finished) => {
    if (isFile(name, file)) running.add(name)
  })
  // The only event of an end that does not wait for every file before it.
  const counts = new Map<string, { tests: number; failed: number }>()
  const ended: { file: string; seconds: string }[] = []
  on('test:complete', (test: Finished) => {
    const { passed: ok, type, duration_ms: ms, error } = test.details
    const file = test.file ?? ''
    const count = counts.get(file) ?? { tests: 0, failed: 0 }
    counts.set(file, count)
    const whole = isFile(test.name, test.file)
    if (test.skip || test.todo) skips.push(test)
    else if (ok && type !== 'suite' && !whole) passed += 1
    else if (!ok && error?.failureType !== 'subtestsFailed') {
      failures.push(test)
      count.failed += whole ? 0 : 1
    }
    if (!whole) {
      count.tests += type === 'suite' ? 0 : 1
      return
    }
    running.delete(test.name)
    watchdog.refresh()
    const seconds = ((ms ?? 0) / 1000).toFixed(1)
    ended.push({ file, seconds })
    print(`${ok ? 'ok  ' : 'FAIL'} ${shown(file)}  ${count.tests} tests, ${count.failed} failed, ${seconds} s`)
  })
  stream.resume()
  let watchdog: NodeJS.Timeout
  await new Promise<void>((resolve, reject) => {
    stream.once('end', resolve).once('error', reject)
    watchdog = setTimeout(resolve, stalledMs)
  }).finally(() => clearTimeout(watchdog))
  for (const name of running) {
    print(`FAIL ${shown(name)}  did not end, and no other file ended for ${stalledMs / 1000} s`)
    failures.push({ name, file: name, details: { error: new Error('the process of this file did not end') } })
  }

  for (const test of failures) {
    const where = test.file ? `${shown(test.file)}:${test.line ?? 1}` : ''
    const { error } = test.details
    const how = error?.signal ?? error?.exitCode
    if (how) print(`\nthe process of ${shown(test.file ?? '')} ended with ${how}`)
    print(`\nFAILED ${test.name}\n  ${where}\n${inspect(error?.cause ?? error, { depth: 6 }).replace(/^/gm, '  ')}`)
  }
  for (const file of new Set(failures.map((test) => test.file ?? ''))) {
    const said = output.get(file)?.trim()
    if (said) print(`\nOUTPUT of ${shown(file)}\n${said.replace(/^/gm, '  ')}`)
  }
  if (skips.length > 0) {
    print('')
    for (const test of skips) print(`skipped: ${test.name} (${test.skip || test.todo})`)
    print(`${skips.length} skipped`)
  }
  if (ended.length > slowestShown) {
    ended.sort((a, b) => Number(b.seconds) - Number(a.seconds))
    print('\nthe slowest files:')
    for (const { file, seconds } of ended.slice(0, slowestShown)) print(`${seconds.padStart(6)} s  ${shown(file)}`)
  }
  return { passed, failed: failures.length }
}

/** A file is a test too, by the name that it was asked for. */
function isFile(name: string, file: string | undefined): boolean {
  return resolve(name) === file
}

function shown(file: string): string {
  return relative(process.cwd(), file)
}
