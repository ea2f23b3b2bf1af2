import { group } from '../../command.ts'
import { execCancel } from './cancel.ts'
import { execDiff } from './diff.ts'
import { execHold } from './hold.ts'
import { execInvoke } from './invoke.ts'
import { execList } from './list.ts'
import { execPostmortem } from './postmortem.ts'
import { execRaw } from './raw.ts'
import { execRelease } from './release.ts'
import { execResolve } from './resolve.ts'
import { execRetry } from './retry.ts'
import { execShow } from './show.ts'
import { execToolShow } from './tool-show.ts'
import { execTools } from './tools.ts'
import { execTrace } from './trace.ts'
import { execWatch } from './watch.ts'
import { execWhy } from './why.ts'

export const exec = group({
  name: 'exec',
  summary: 'Tool calls: run, follow, inspect, cancel',
  members: [
    execTools,
    execToolShow,
    execInvoke,
    execList,
    execShow,
    execWhy,
    execDiff,
    execTrace,
    execRaw,
    execWatch,
    execCancel,
    execRetry,
    execResolve,
    execHold,
    execRelease,
    execPostmortem,
  ],
  bare: { list: execList, show: execShow },
})
