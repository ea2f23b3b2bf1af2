// A Prometheus of a test's own: Debian's program, that scrapes every second and is asked over HTTP.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { memberOf } from '@xerotier/protocol/record.ts'
import { debianProgram } from './debian-program.ts'

const promtool = debianProgram('promtool', { package: 'prometheus' })
const prometheus = debianProgram('prometheus')

/** Why there is none here, or false. */
export const prometheusMissing: string | false =
  typeof promtool === 'string' ? promtool : typeof prometheus === 'string' && prometheus

/** @returns what it says when it is not content, else nothing */
export function askPromtool(words: readonly string[], { cwd, input = '' }: { cwd: string; input?: string }): string {
  if (typeof promtool === 'string') throw new Error(promtool)
  const env = { ...process.env, ...promtool.env }
  const { status, stdout, stderr } = spawnSync(promtool.path, words, { cwd, encoding: 'utf8', env, input })
  return status === 0 ? '' : `exit ${status}: ${stdout}${stderr}`
}

export interface Prometheus {
  /** Of its HTTP API: the `data` of `GET /api/v1/<path>`. @throws when it answers an error */
  ask(path: string, query?: Readonly<Record<string, string>>): Promise<unknown>
  stop(): Promise<void>
}

/**
 * @param scraped `host:port` by the name of the job
 * @param rules absolute paths
 */
export async function startPrometheus(
  scraped: Readonly<Record<string, string>>,
  rules: readonly string[],
): Promise<Prometheus> {
  if (typeof prometheus === 'string') throw new Error(prometheus)
  const folder = mkdtempSync(join(tmpdir(), 'xerotier-prometheus-'))
  // JSON is YAML.
  const config = {
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: rules,
    scrape_configs: Object.entries(scraped).map(([job_name, target]) => ({
      job_name,
      static_configs: [{ targets: [target] }],
    })),
  }
  writeFileSync(join(folder, 'prometheus.yml'), JSON.stringify(config))
  const child = spawn(
    prometheus.path,
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      '--web.listen-address=127.0.0.1:0',
      '--enable-feature=exemplar-storage',
    ],
    { env: { ...process.env, ...prometheus.env }, stdio: ['ignore', 'ignore', 'pipe'] },
  )
  const listening = Promise.withResolvers<string>()
  const said: string[] = []
  createInterface(child.stderr).on('line', (line) => {
    said.push(line)
    const [, address] = /msg="Listening on" address=(\S+)/.exec(line) ?? []
    if (address !== undefined) listening.resolve(address)
  })
  const ended = once(child, 'exit').then(() => listening.reject(new Error(said.slice(-5).join('\n'))))
  const origin = `http://${await listening.promise}/api/v1`
  return {
    async ask(path, query = {}) {
      const answer = await fetch(`${origin}/${path}?${new URLSearchParams(query)}`)
      const body: unknown = await answer.json()
      if (memberOf(body, 'status') !== 'success') throw new Error(String(memberOf(body, 'error')))
      return memberOf(body, 'data')
    },
    async stop() {
      child.kill()
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
