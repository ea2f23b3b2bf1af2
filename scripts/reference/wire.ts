import { agentFrameSchema } from '@xerotier/protocol/frames/agent-frame.ts'
import { routerFrameSchema } from '@xerotier/protocol/frames/router-frame.ts'
import { envelopeSchema, wireVersion } from '@xerotier/protocol/wire.ts'
import type { z } from 'zod'
import { fieldTable } from './fields.ts'
import { page } from './markdown.ts'

export function wirePage(): string {
  return page(
    'Frames of the data plane',
    `Version ${wireVersion}. What they mean, and in which order they come, is in packages/protocol/SPEC.md. Binary fields show as \`any\`.`,
    '## Envelope',
    fieldTable(envelopeSchema, 'input'),
    '## From agent to router',
    ...framesOf(agentFrameSchema.options),
    '## From router to agent',
    ...framesOf(routerFrameSchema.options),
  )
}

function framesOf(options: readonly unknown[]): string[] {
  return (options as z.ZodObject<{ t: z.ZodLiteral<string> }>[]).flatMap((frame) => [
    `### ${frame.shape.t.value}`,
    fieldTable(frame, 'input'),
  ])
}
