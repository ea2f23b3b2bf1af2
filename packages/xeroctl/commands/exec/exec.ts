import { group } from '../../command.ts'
import { execCancel } from './cancel.ts'
import { execInvoke } from './invoke.ts'
import { execList } from './list.ts'
import { execRaw } from './raw.ts'
import { execResolve } from './resolve.ts'
import { execRetry } from './retry.ts'
import { execShow } from './show.ts'
import { execToolShow } from './tool-show.ts'
import { execTools } from './tools.ts'
import { execWatch } from './watch.ts'

export const exec = group({
  name: 'exec',
  summary: 'Tool calls: run, follow, inspect, cancel',
  members: [
    execTools,
    execToolShow,
    execInvoke,
    execList,
    execShow,
    execRaw,
    execWatch,
    execCancel,
    execRetry,
    execResolve,
  ],
  bare: { list: execList, show: execShow },
})
