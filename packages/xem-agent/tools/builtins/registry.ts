// The functions that bundles name with `builtin`.
import type { Clock } from '@xerotier/runtime/clock.ts'
import type { Builtins } from '../load-bundle.ts'
import { benchEcho } from './bench-echo.ts'
import { hostDisk } from './host-disk.ts'
import { fileRead } from './host-file-read.ts'
import { fileWrite } from './host-file-write.ts'
import { logTail } from './host-log-tail.ts'
import { hostMemory } from './host-memory.ts'
import { processKill } from './host-process-kill.ts'
import { hostProcesses } from './host-processes.ts'
import { hostUptime } from './host-uptime.ts'
import { routerToolsList } from './router-tools-list.ts'

export interface BuiltinOptions {
  clock: Clock
  /** Folders below which files may be written. */
  writeDirs: readonly string[]
  /** Files and folders of the agent itself, which no tool shows. */
  ownPaths: readonly string[]
}

export function createBuiltins(options: BuiltinOptions): Builtins {
  return {
    bench_echo: { invoke: benchEcho },
    host_disk: { invoke: hostDisk },
    host_file_read: { invoke: fileRead(options.ownPaths) },
    host_file_write: { invoke: fileWrite(options.writeDirs) },
    host_log_tail: { invoke: logTail },
    host_memory: { invoke: hostMemory },
    host_process_kill: { invoke: processKill(options.clock) },
    host_processes: { invoke: hostProcesses },
    host_uptime: { invoke: () => hostUptime(options.clock) },
    router_tools_list: { invoke: routerToolsList, needsCallback: true },
  }
}
