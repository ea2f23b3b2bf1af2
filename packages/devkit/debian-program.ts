// A program that tests run when they can have it: the host's, or unpacked from its Debian package.
// Nothing is installed, so no right is needed, no service starts and nothing stays but a cache.
import { spawnSync } from 'node:child_process'
import { existsSync, globSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface DebianProgram {
  path: string
  /** What it needs in its environment to find its libraries. */
  env: Record<string, string>
}

/** Of one step: a mirror that does not answer must not hold the tests up. */
const patience = 60_000
const cache = join(tmpdir(), `xerotier-test-programs-${process.geteuid?.() ?? 0}`)

export interface DebianPackage {
  /** Its name; default: that of the program. */
  package?: string
  /** Where the program itself stands in it, when what is on the PATH only starts it. */
  at?: string
  /** Of one step, for what is large. Milliseconds. */
  timeout?: number
}

/** @returns a sentence that says why there is none */
export function debianProgram(
  program: string,
  { package: name = program, at = `usr/{bin,sbin}/${program}`, timeout = patience }: DebianPackage = {},
): DebianProgram | string {
  if (spawnSync(program, ['--version']).error === undefined) return { path: program, env: {} }
  if (spawnSync('apt-get', ['--version']).error !== undefined) return `needs ${program} on the PATH`
  try {
    const root = join(cache, name)
    if (!existsSync(root)) unpack(name, root, timeout)
    const [path] = globSync(`${root}/${at}`)
    if (path === undefined) throw new Error('it is not in the package')
    return { path, env: { LD_LIBRARY_PATH: globSync(`${root}/usr/lib/*-linux-gnu*{,/*}`).join(':') } }
  } catch (error) {
    return `needs ${program} on the PATH (apt install ${name}): ${error instanceof Error ? error.message : error}`
  }
}

/** Two test files may want the same: the first that is ready wins. */
function unpack(name: string, root: string, timeout: number): void {
  mkdirSync(cache, { recursive: true, mode: 0o755 })
  if (lstatSync(cache).uid !== process.geteuid?.()) throw new Error(`${cache} is somebody else's`)
  const work = mkdtempSync(join(cache, '.work-'))
  try {
    for (const folder of ['archives/partial', 'lists/partial', 'root'])
      mkdirSync(join(work, folder), { recursive: true })
    if (!download(name, work, [], timeout)) {
      // A host whose lists were never fetched, or are old: fetched for this alone.
      const own = ['-o', `Dir::State::lists=${join(work, 'lists')}`]
      apt(['update', ...own], timeout)
      if (!download(name, work, own, timeout)) throw new Error('its package cannot be fetched')
    }
    const archives = readdirSync(join(work, 'archives')).filter((file) => file.endsWith('.deb'))
    for (const file of archives) run('dpkg-deb', ['-x', join(work, 'archives', file), join(work, 'root')], timeout)
    if (!existsSync(root)) renameSync(join(work, 'root'), root)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/** With what it depends on, as far as the host has none of it. */
function download(name: string, work: string, more: readonly string[], timeout: number): boolean {
  const here = ['-o', `Dir::Cache=${work}`, '-o', 'Dir::Cache::archives=archives', '-o', 'Debug::NoLocking=1']
  return apt(['install', '--yes', '--download-only', '--no-install-recommends', ...here, ...more, name], timeout)
}

function apt(words: readonly string[], timeout: number): boolean {
  const retries = ['-o', 'Acquire::Retries=1', '-o', 'Acquire::http::Timeout=10', '-o', 'APT::Sandbox::User=']
  return spawnSync('apt-get', [...retries, ...words], { stdio: 'ignore', timeout }).status === 0
}

function run(program: string, words: readonly string[], timeout: number): void {
  const { status, stderr } = spawnSync(program, words, { encoding: 'utf8', timeout })
  if (status !== 0) throw new Error(`${program}: ${stderr.trim()}`)
}
