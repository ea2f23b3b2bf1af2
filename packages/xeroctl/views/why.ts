import type { Why } from '@xerotier/protocol/explain/why.ts'
import type { RecordView } from '../output/view.ts'

export const whyRecord: RecordView<Why> = {
  name: (why) => why.id,
  detail: ({ steps }) => ({ fields: steps.map(({ at, sentence }) => [at, sentence] as const) }),
}
