import { command } from '../../command.ts'
import { configFiles } from '../../config/target.ts'
import type { View } from '../../output/view.ts'

interface Context {
  name: string
  current: boolean
  base_url: string
  file: string
}

const contextView: View<Context> = {
  name: (context) => context.name,
  columns: [
    { header: 'CURRENT', value: (context) => (context.current ? '*' : ' ') },
    { header: 'NAME', value: (context) => context.name },
    { header: 'BASE URL', value: (context) => context.base_url, shrink: true },
    { header: 'FILE', value: (context) => context.file, shrink: true },
  ],
}

export const configList = command({
  name: 'list',
  summary: 'List contexts, those of the nearest file first',
  async run({ cli }) {
    const files = configFiles(cli.surroundings)
    const data = files.flatMap((file, index) =>
      [...file.deployments].map(([name, deployment]) => ({
        name,
        current: index === 0 && file.current === name,
        base_url: deployment.baseUrl,
        file: file.path,
      })),
    )
    await cli.print.list(contextView, { data, has_more: false, last_id: null })
  },
})
