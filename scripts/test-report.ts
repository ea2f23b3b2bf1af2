// What a run of node:test looks like here: a line a file, every failure in full at the end, every skip by name.
import { relative, resolve } from 'node:path'
import type { run } from 'node:test'
import { inspect } from 'node:util'

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

/** Reads the stream to its end, printing as it goes. Suites and the parents of failed subtests are no tests of their own. */
export async function reportTests(stream: ReturnType<typeof run>, print: (line: string) => void): Promise<Totals> {
  const failures: Finished[] = []
  const skips: Finished[] = []
  const output = new Map<string, string>()
  let passed = 0
  const on = stream.on.bind(stream) as unknown as (event: string, listener: (data: never) => void) => void

  on('test:pass', (test: Finished) => {
    if (test.skip || test.todo) skips.push(test)
    else if (test.details.type !== 'suite' && resolve(test.name) !== test.file) passed += 1
  })
  on('test:fail', (test: Finished) => {
    if (test.details.error?.failureType !== 'subtestsFailed') failures.push(test)
  })
  for (const event of ['test:stdout', 'test:stderr']) {
    on(event, ({ file, message }: { file?: string; message: string }) => {
      if (file) output.set(file, ((output.get(file) ?? '') + message).slice(-20_000))
    })
  }
  // test:complete comes as things end; the other events wait for every file before them.
  const counts = new Map<string, { tests: number; failed: number }>()
  on('test:complete', (test: Finished) => {
    if (!test.file) return
    const count = counts.get(test.file) ?? { tests: 0, failed: 0 }
    counts.set(test.file, count)
    const { passed: ok, type, duration_ms: ms, error } = test.details
    // The file itself is a test too, by the name that it was asked for.
    if (resolve(test.name) !== test.file) {
      if (type !== 'suite') count.tests += 1
      if (!ok && error?.failureType !== 'subtestsFailed') count.failed += 1
      return
    }
    const seconds = ((ms ?? 0) / 1000).toFixed(1)
    print(`${ok ? 'ok  ' : 'FAIL'} ${shown(test.file)}  ${count.tests} tests, ${count.failed} failed, ${seconds} s`)
  })
  stream.resume()
  await new Promise((resolve, reject) => stream.once('end', resolve).once('error', reject))

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
  return { passed, failed: failures.length }
}

function shown(file: string): string {
  return relative(process.cwd(), file)
}
