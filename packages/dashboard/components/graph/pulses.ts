// What happens, as the stream tells it, along the lines that it goes.
import { type RefObject, useEffect } from 'react'
import { type OpsEvent, onOpsEvent } from '../../api/stream.ts'
import type { GraphHandle } from '../../ui/graph/canvas.tsx'
import { type Model, toolId } from './model.ts'

/** More tell nothing more, and cost. */
const perSecond = 10

export function usePulses(model: Model, handle: RefObject<GraphHandle | null>): void {
  useEffect(() => {
    let left = perSecond
    const refill = setInterval(() => {
      left = perSecond
    }, 1000)
    const stop = onOpsEvent((event) => {
      for (const [from, to, tone] of pathsOf(event, model)) {
        if (left <= 0) return
        left -= 1
        handle.current?.pulse(from, to, tone)
      }
    })
    return () => {
      clearInterval(refill)
      stop()
    }
  }, [model, handle])
}

type Path = readonly [from: string, to: string, tone: 'accent' | 'good' | 'bad' | 'warn']

function pathsOf({ name, data }: OpsEvent, { links }: Model): Path[] {
  const { workspace_id: workspace, agent_id: agent, tool } = data
  if (typeof workspace !== 'string') return []
  if (name.startsWith('ox.approval.'))
    return links.flatMap(({ from, to }): Path[] => (to === workspace ? [[from, to, 'warn']] : []))
  if (!name.startsWith('ox.execution.') || typeof agent !== 'string') return []
  const tone = name.endsWith('completed') ? 'good' : name.endsWith('failed') ? 'bad' : 'accent'
  return [[workspace, agent, tone], ...(typeof tool === 'string' ? [[agent, toolId(tool), tone] as const] : [])]
}
