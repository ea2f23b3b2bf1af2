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

export interface ReportOptions {
  print: (line: string) => void
  stalledMs: number
  /** Modules that run several files, each as a test named by its absolute path. */
  batches?: ReadonlyMap<string, readonly string[]>
}

/**
 * Reads the stream to its end, printing as it goes. Suites and the parents of failed subtests are
 * no tests of their own. It returns when no file has ended for `stalledMs`, and counts those that
 * still run as failures: node's own timeout ends a test, but not a file whose process lives on, nor
 * one whose output another process has inherited.
 */
export async function reportTests(
  stream: ReturnType<typeof run>,
  { print, stalledMs, batches = new Map() }: ReportOptions,
): Promise<Totals> {
  const batched = new Set([...batches.values()].flat())
  const isFile = ({ name, file }: Finished) => batched.has(name) || (resolve(name) === file && !batches.has(name))
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
  on('test:dequeue', (test: Finished) => {
    if (isFile(test) || batches.has(test.name)) running.add(test.name)
  })
  // The only event of an end that does not wait for every file before it.
  const counts = new Map<string, { tests: number; failed: number }>()
  const ended: { file: string; seconds: string }[] = []
  on('test:complete', (test: Finished) => {
    const { passed: ok, type, duration_ms: ms, error } = test.details
    const batch = batches.get(test.name)
    if (batch) {
      running.delete(test.name)
      watchdog.refresh()
      if (ok || error?.failureType === 'subtestsFailed') return
      failures.push(test)
      // Of these nothing is known: the process ended before they did.
      for (const file of batch.filter((path) => !ended.some(({ file }) => file === path))) {
        running.delete(file)
        print(`FAIL ${shown(file)}  did not end, its process did`)
      }
      return
    }
    const file = batched.has(test.name) ? test.name : (test.file ?? '')
    const count = counts.get(file) ?? { tests: 0, failed: 0 }
    counts.set(file, count)
    const whole = isFile(test)
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
  const processOf = new Map([...batches].flatMap(([batch, files]) => files.map((file) => [file, batch] as const)))
  for (const process of new Set(failures.map(({ file = '' }) => processOf.get(file) ?? file))) {
    const said = output.get(process)?.trim()
    if (said)
      print(`\nOUTPUT of ${(batches.get(process) ?? [process]).map(shown).join(', ')}\n${said.replace(/^/gm, '  ')}`)
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

function shown(file: string): string {
  return relative(process.cwd(), file)
}
