import { group } from '../../command.ts'
import { configAdd } from './add.ts'
import { configInit } from './init.ts'
import { configList } from './list.ts'
import { configRemove } from './remove.ts'
import { configCurrent, configShow } from './show.ts'
import { configUse } from './use.ts'

export const config = group({
  name: 'config',
  summary: 'Which routers xeroctl knows, and which one it uses',
  members: [configInit, configAdd, configUse, configList, configShow, configCurrent, configRemove],
  bare: { list: configList },
})
