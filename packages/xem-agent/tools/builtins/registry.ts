// The functions that bundles name with `builtin`.
import type { Clock } from '@xerotier/runtime/clock.ts'
import type { Answer, Invocation } from '../../tool.ts'
import type { Builtin, Builtins } from '../load-bundle.ts'
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
  /** Programs of tools run as another user than the agent. */
  asAnotherUser: boolean
}

export function createBuiltins(options: BuiltinOptions): Builtins {
  return {
    bench_echo: taking(benchEcho),
    host_disk: { invoke: hostDisk },
    host_file_read: taking(fileRead(options.ownPaths)),
    host_file_write: taking(fileWrite(options.writeDirs)),
    host_log_tail: taking(logTail),
    host_memory: { invoke: hostMemory },
    host_process_kill: taking(processKill(options)),
    host_processes: taking(hostProcesses),
    host_uptime: { invoke: () => hostUptime(options.clock) },
    router_tools_list: { invoke: routerToolsList, needsCallback: true },
  }
}

/** What it takes is what the `input_schema` of its bundle lets through. */
function taking<CallArgs>(invoke: (invocation: Invocation<CallArgs>) => Promise<Answer> | Answer): Builtin {
  return { invoke: invoke as Builtin['invoke'] }
}
