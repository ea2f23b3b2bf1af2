// Where a scene is looked at, and when what is drawn. Nothing is while nothing changes.
import { type Camera, centred, fit, moved, type Size, zoomed } from './camera.ts'
import { type Look, lookOf } from './look.ts'
import { type Pulse, paintOver } from './paint.ts'
import { contextOf, createPictures, setSize } from './picture.ts'
import type { Lit, Rect, Scene, SceneEdge, SceneNode } from './scene.ts'

interface Point {
  x: number
  y: number
}

export interface View {
  scene(scene: Scene): void
  light(lit: Lit | undefined): void
  focus(node: SceneNode | undefined): void
  pulse(from: string, to: string, tone: SceneNode['tone']): void
  /** All of it, also when it grows, until somebody moves. */
  all(): void
  /** By pixels of the screen. */
  move(x: number, y: number): void
  /** Around a place of the screen; its middle when left out. */
  zoom(by: number, around?: Point): void
  /** Into the middle, so that it can be read. */
  show(rect: Rect): void
  /** Moves to where all of it is seen, if it is not. */
  reveal(rect: Rect): void
  /** Of the page to those of the scene. */
  pointOf(place: { clientX: number; clientY: number }): Point
  /** How many units a pixel is. */
  unit(): number
  close(): void
}

const pulseMs = 900
/** More at once tell nothing more. */
const mostPulses = 40
/** So long after a zoom it is drawn anew. */
const restMs = 140

export function createView(box: HTMLElement): View {
  const below = canvasIn(box)
  const above = canvasIn(box)
  const pictures = createPictures()
  let look: Look = lookOf(box)
  let size: Size = { width: 0, height: 0 }
  let camera: Camera = { x: 0, y: 0, zoom: 1 }
  let isWhole = true
  let scene: Scene = { width: 1, height: 1, boxes: [], nodes: [], edges: [] }
  let edgeOf = new Map<string, SceneEdge>()
  let lit: Lit | undefined
  let lines: readonly SceneEdge[] = []
  let focused: SceneNode | undefined
  let pulses: { edge: SceneEdge; tone: SceneNode['tone']; from: number }[] = []
  let frame: number | undefined
  const calm = matchMedia('(prefers-reduced-motion: reduce)')
  const ratio = () => Math.min(2, devicePixelRatio || 1)

  const ask = () => {
    frame ??= requestAnimationFrame(draw)
  }
  const renew = () => {
    pictures.outdated()
    ask()
  }
  const lookFrom = (next: Camera, whole = false) => {
    camera = next
    isWhole = whole
    ask()
  }

  function draw(now: number): void {
    frame = undefined
    if (size.width === 0) return
    const isLeft = pictures.work({ scene, look, camera, size, ratio: ratio() }, now)
    const on = contextOf(below)
    on.setTransform(1, 0, 0, 1, 0, 0)
    pictures.show(on, camera, ratio())
    pulses = pulses.filter((pulse) => now - pulse.from < pulseMs)
    const moving = pulses.map(
      ({ edge, tone, from: since }): Pulse => ({ edge, tone, way: Math.max(0, (now - since) / pulseMs) }),
    )
    const over = { lit, lines, pulses: moving, focused }
    paintOver(contextOf(above), { scene, camera, size, look }, ratio(), over)
    if (isLeft || pulses.length > 0) ask()
  }

  const onTheme = () => {
    look = lookOf(box)
    renew()
  }
  const dark = matchMedia('(prefers-color-scheme: dark)')
  dark.addEventListener('change', onTheme)
  const chosen = new MutationObserver(onTheme)
  chosen.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] })
  const sized = new ResizeObserver(() => {
    size = { width: box.clientWidth, height: box.clientHeight }
    setSize(below, size, ratio())
    setSize(above, size, ratio())
    if (isWhole) camera = fit(scene, size)
    renew()
  })
  sized.observe(box)

  return {
    scene(next) {
      scene = next
      edgeOf = new Map(
        next.edges.map((edge) => [`${next.nodes[edge.from]?.id} ${next.nodes[edge.to]?.id}`, edge] as const),
      )
      lines = lit === undefined ? [] : linesOf(scene, lit)
      if (isWhole && size.width > 0) camera = fit(scene, size)
      renew()
    },
    light(next) {
      lit = next
      lines = next === undefined ? [] : linesOf(scene, next)
      ask()
    },
    focus(node) {
      focused = node
      ask()
    },
    pulse(from, to, tone) {
      const edge = edgeOf.get(`${from} ${to}`)
      if (edge === undefined || calm.matches || pulses.length >= mostPulses) return
      pulses.push({ edge, tone, from: performance.now() })
      ask()
    },
    all: () => lookFrom(fit(scene, size), true),
    move: (x, y) => lookFrom(moved(camera, x, y)),
    zoom(by, around = { x: size.width / 2, y: size.height / 2 }) {
      pictures.restUntil(performance.now() + restMs)
      lookFrom(zoomed(camera, by, around))
    },
    show: (rect) => lookFrom(centred(rect, size, Math.max(camera.zoom, 0.8))),
    reveal(rect) {
      const gap = 24 / camera.zoom
      const before = (from: number, seen: number) => Math.min(0, from - gap - seen)
      const behind = (to: number, seen: number) => Math.max(0, to + gap - seen)
      const byX = before(rect.x, camera.x) || behind(rect.x + rect.width, camera.x + size.width / camera.zoom)
      const byY = before(rect.y, camera.y) || behind(rect.y + rect.height, camera.y + size.height / camera.zoom)
      if (byX !== 0 || byY !== 0) lookFrom({ ...camera, x: camera.x + byX, y: camera.y + byY })
    },
    pointOf({ clientX, clientY }) {
      const corner = box.getBoundingClientRect()
      return { x: camera.x + (clientX - corner.x) / camera.zoom, y: camera.y + (clientY - corner.y) / camera.zoom }
    },
    unit: () => 1 / camera.zoom,
    close() {
      if (frame !== undefined) cancelAnimationFrame(frame)
      dark.removeEventListener('change', onTheme)
      chosen.disconnect()
      sized.disconnect()
      below.remove()
      above.remove()
    },
  }
}

/** Those of a scene that join what is lit. */
function linesOf({ nodes, edges }: Scene, { chosen, stopped, touched }: Lit): SceneEdge[] {
  const isLit = (at: number) => {
    const id = nodes[at]?.id
    return id !== undefined && (id === chosen || stopped.has(id) || touched.has(id))
  }
  return edges.filter(({ from, to }) => isLit(from) && isLit(to))
}

function canvasIn(box: HTMLElement): HTMLCanvasElement {
  const canvas = document.createElement('canvas')
  canvas.className = 'pointer-events-none absolute inset-0 size-full'
  canvas.setAttribute('aria-hidden', 'true')
  box.append(canvas)
  return canvas
}
