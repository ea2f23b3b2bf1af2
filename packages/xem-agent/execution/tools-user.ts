// Another user than the agent's for the programs of tools: the kernel then keeps the agent's keys,
// environment and memory from them. setpriv (util-linux) changes over, and not the `uid` of spawn:
// that would leave them the capabilities of an agent that is not root, and no supplementary groups.
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { ConfigError } from '@xerotier/runtime/config-error.ts'

export interface ToolsUser {
  name: string
  uid: number
  /** What its programs have of these instead of what the agent has. */
  environment: { HOME: string; USER: string; LOGNAME: string }
  /** How a program is started as this user: the process that is started becomes the program. */
  start(program: string, argv: readonly string[]): UserStart
}

export interface UserStart {
  program: string
  argv: string[]
  /** Begins the line that says why the program did not start. Nobody else knows it. */
  argv0: string
}

/** linux/capability.h */
const needed = { CAP_CHOWN: 0, CAP_KILL: 5, CAP_SETGID: 6, CAP_SETUID: 7 }
const setprivPaths = ['/usr/bin/setpriv', '/bin/setpriv']

/**
 * @param setting its name, or its uid
 * @throws ConfigError when there is no such user, or this process may not become it
 */
export function findToolsUser(setting: string): ToolsUser {
  const { name, uid, gid, home } = lookUp(setting)
  if (uid === 0) throw refused('root may read whatever the agent may; name a user of fewer rights')
  if (uid === process.geteuid?.()) throw refused(`"${name}" is the user that the agent runs as; name another one`)
  const missing = missingCapabilities()
  if (missing.length > 0) {
    const advice = 'Run the agent as root, or give it these as xerotier-xem.service does, or leave the setting out'
    throw refused(`the agent may not start programs as "${name}": it has no ${missing.join(', ')}. ${advice}`)
  }
  const setpriv = setprivPaths.find((path) => existsSync(path))
  if (setpriv === undefined) throw refused('setpriv (package util-linux) is not on this host')
  const become = [`--reuid=${uid}`, `--regid=${gid}`, '--init-groups', '--inh-caps=-all', '--no-new-privs', '--']
  const user: ToolsUser = {
    name,
    uid,
    environment: { HOME: home, USER: name, LOGNAME: name },
    start: (program, argv) => ({
      program: setpriv,
      argv: [...become, program, ...argv],
      argv0: `xem-start-${randomBytes(12).toString('hex')}`,
    }),
  }
  const { status, stderr } = runAs(user, 'true', [])
  if (status !== 0) throw refused(`no program can be started as "${name}": ${stderr.trim()}`)
  return user
}

/** @throws ConfigError when the user may read one of these files */
export function checkUnreadable(user: ToolsUser, paths: readonly string[]): void {
  const look = 'for path; do if [ -r "$path" ]; then printf "%s\n" "$path"; fi; done'
  const { status, stdout, stderr } = runAs(user, 'sh', ['-c', look, 'sh', ...paths])
  if (status !== 0) throw refused(`what "${user.name}" may read cannot be found out: ${stderr.trim()}`)
  const [path] = stdout.split('\n', 1)
  if (path !== '')
    throw refused(`"${user.name}" may read ${path}, which is for the agent alone; take that right away with chmod`)
}

/** @throws ConfigError when the user cannot come to the folder in which its calls have theirs */
export function checkReachable(user: ToolsUser, folder: string): void {
  if (runAs(user, 'test', ['-x', folder]).status === 0) return
  throw refused(`"${user.name}" may not step into ${folder}, where calls run; TMPDIR must lead to where every user may`)
}

/** Whether programs that run as this process does may do anything on this host. */
export function mayBecomeAnybody(): boolean {
  return !missingCapabilities().includes('CAP_SETUID')
}

function lookUp(setting: string): { name: string; uid: number; gid: number; home: string } {
  const { stdout, error } = spawnSync('getent', ['passwd', setting], { encoding: 'utf8' })
  if (error !== undefined) throw refused(`users cannot be looked up: ${error.message}`)
  const [name, , uid, gid, , home] = stdout.trimEnd().split(':')
  if (name === undefined || home === undefined) throw refused(`there is no user "${setting}" on this host`)
  return { name, uid: Number(uid), gid: Number(gid), home }
}

function runAs(user: ToolsUser, program: string, argv: readonly string[]) {
  const start = user.start(program, argv)
  return spawnSync(start.program, start.argv, { encoding: 'utf8', cwd: '/', maxBuffer: 16 * 1024 * 1024 })
}

/** proc_pid_status(5) */
function missingCapabilities(): string[] {
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0'
  const bits = BigInt(`0x${effective}`)
  return Object.entries(needed).flatMap(([name, bit]) => ((bits >> BigInt(bit)) & 1n ? [] : [name]))
}

function refused(reason: string): ConfigError {
  return new ConfigError('invalidValue', `tools_user (XEM_TOOLS_USER): ${reason}`)
}
