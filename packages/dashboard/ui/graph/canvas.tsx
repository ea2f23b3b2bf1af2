// A scene that is moved by hand, wheel and keys. Screen readers, and who likes tables better, have
// the table beside it.
import {
  type KeyboardEvent,
  type PointerEvent,
  type Ref,
  useEffect,
  useImperativeHandle,
  useMemo,
  useRef,
  useState,
} from 'react'
import { type Direction, nextOf, nodeAt } from './near.ts'
import type { Lit, Scene, SceneNode } from './scene.ts'
import { createView, type View } from './view.ts'

export interface GraphHandle {
  all(): void
  zoom(by: number): void
  show(id: string): void
  pulse(from: string, to: string, tone: SceneNode['tone']): void
}

interface Props {
  scene: Scene
  label: string
  /** What the keys do. */
  keys: string
  /** Of the node that has the focus, for who does not see it. */
  sayNode: (id: string) => string
  lit: Lit | undefined
  onHover: (id: string | undefined) => void
  onChoose: (id: string | undefined) => void
  handle: Ref<GraphHandle>
}

const step = 1.4

export function GraphCanvas({ scene, label, keys, sayNode, lit, onHover, onChoose, handle }: Props) {
  const box = useRef<HTMLDivElement>(null)
  const view = useRef<View>(undefined)
  const [focused, setFocused] = useState<string>()
  const byId = useMemo(() => new Map(scene.nodes.map((node) => [node.id, node])), [scene])
  useEffect(() => {
    const { current } = box
    if (current === null) return
    const made = createView(current)
    view.current = made
    const onWheel = (event: WheelEvent) => {
      event.preventDefault()
      const { x, y } = current.getBoundingClientRect()
      made.zoom(Math.exp(-event.deltaY * 0.0016), { x: event.clientX - x, y: event.clientY - y })
    }
    // Not by React, whose listener may not stop the page from scrolling.
    current.addEventListener('wheel', onWheel, { passive: false })
    return () => {
      current.removeEventListener('wheel', onWheel)
      made.close()
      view.current = undefined
    }
  }, [])
  useEffect(() => view.current?.scene(scene), [scene])
  useEffect(() => view.current?.light(lit), [lit])
  useEffect(() => view.current?.focus(focused === undefined ? undefined : byId.get(focused)), [focused, byId])
  useImperativeHandle(
    handle,
    () => ({
      all: () => view.current?.all(),
      zoom: (by) => view.current?.zoom(by),
      show(id) {
        const rect = byId.get(id) ?? scene.boxes.find((one) => one.id === id)
        if (rect !== undefined) view.current?.show(rect)
      },
      pulse: (from, to, tone) => view.current?.pulse(from, to, tone),
    }),
    [byId, scene],
  )
  const pointing = usePointing(view, scene, onHover, onChoose)

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const from = focused === undefined ? undefined : byId.get(focused)
    if (isDirection(event.key)) {
      const next = from === undefined ? scene.nodes[0] : nextOf(scene.nodes, from, event.key)
      if (next !== undefined) {
        setFocused(next.id)
        view.current?.reveal(next)
      }
    } else if (event.key === 'Enter') onChoose(from?.id)
    else if (event.key === 'Escape') onChoose(undefined)
    else if (event.key === '+') view.current?.zoom(step)
    else if (event.key === '-') view.current?.zoom(1 / step)
    else if (event.key === '0') view.current?.all()
    else return
    event.preventDefault()
  }
  return (
    <>
      <div
        ref={box}
        role="application"
        aria-label={label}
        aria-description={keys}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: keys move in it
        tabIndex={0}
        onKeyDown={onKeyDown}
        onBlur={() => setFocused(undefined)}
        {...pointing}
        style={{ aspectRatio: `${scene.width} / ${scene.height}` }}
        className="card relative max-h-[min(72dvh,820px)] min-h-[340px] w-full cursor-grab touch-none overflow-hidden active:cursor-grabbing"
      />
      <p className="sr-only" aria-live="polite">
        {focused === undefined ? '' : sayNode(focused)}
      </p>
    </>
  )
}

const isDirection = (key: string): key is Direction => key.startsWith('Arrow')

/** Drags, and says what is pointed at. */
function usePointing(
  view: { current: View | undefined },
  { nodes, boxes }: Scene,
  onHover: Props['onHover'],
  onChoose: Props['onChoose'],
) {
  const dragged = useRef<{ x: number; y: number; far: boolean }>(undefined)
  const hovered = useRef<string>(undefined)
  const idAt = (event: PointerEvent) => {
    if (view.current === undefined) return undefined
    const { x, y } = view.current.pointOf(event)
    // A box by its name, at its upper edge.
    const reach = Math.max(24, 16 * view.current.unit())
    return (
      nodeAt(nodes, x, y)?.id ??
      boxes.findLast((one) => x >= one.x && x <= one.x + one.width && y >= one.y && y <= one.y + reach)?.id
    )
  }
  const point = (id: string | undefined) => {
    if (id === hovered.current) return
    hovered.current = id
    onHover(id)
  }
  return {
    onPointerDown(event: PointerEvent) {
      if (event.button !== 0) return
      event.currentTarget.setPointerCapture(event.pointerId)
      dragged.current = { x: event.clientX, y: event.clientY, far: false }
    },
    onPointerMove(event: PointerEvent) {
      const from = dragged.current
      if (from === undefined) return point(idAt(event))
      const [x, y] = [event.clientX - from.x, event.clientY - from.y]
      if (!from.far && Math.hypot(x, y) < 4) return
      dragged.current = { x: event.clientX, y: event.clientY, far: true }
      view.current?.move(x, y)
    },
    onPointerUp(event: PointerEvent) {
      if (dragged.current?.far === false) onChoose(idAt(event))
      dragged.current = undefined
    },
    onPointerCancel() {
      dragged.current = undefined
    },
    onPointerLeave: () => point(undefined),
  }
}
