// Draws what can be seen of a scene. Text only where it can be read, and shapes where they can be
// told apart: a thousand nodes from far away are a thousand rectangles.
import { markPaths } from '../mark.tsx'
import { type Camera, overlaps, type Size, shownOf } from './camera.ts'
import type { Look } from './look.ts'
import type { Lit, Rect, Scene, SceneBox, SceneEdge, SceneNode } from './scene.ts'

interface Paint {
  scene: Scene
  camera: Camera
  size: Size
  look: Look
}

const readable = 0.5
const shapely = 0.32

function begin(to: CanvasRenderingContext2D, { camera, size }: Paint, ratio: number): void {
  to.setTransform(ratio, 0, 0, ratio, 0, 0)
  to.clearRect(0, 0, size.width, size.height)
  to.setTransform(
    ratio * camera.zoom,
    0,
    0,
    ratio * camera.zoom,
    -camera.x * camera.zoom * ratio,
    -camera.y * camera.zoom * ratio,
  )
}

/** In parts, with a rest after each: `weight` says how much was drawn, in lines. */
export function* paintScene(
  to: CanvasRenderingContext2D,
  paint: Paint,
  ratio: number,
  withEdges: boolean,
): Generator<number> {
  const { scene, camera, size, look } = paint
  const seen = shownOf(camera, size)
  begin(to, paint, ratio)
  for (const box of scene.boxes) {
    if (!overlaps(box, seen)) continue
    to.fillStyle = box.depth === 0 ? look.raised : look.card
    to.strokeStyle = look.line
    to.lineWidth = 1 / camera.zoom
    to.fillRect(box.x, box.y, box.width, box.height)
    to.strokeRect(box.x, box.y, box.width, box.height)
  }
  if (withEdges) yield* paintEdges(to, paint, seen)
  let drawn = 0
  for (const node of scene.nodes) {
    if (!overlaps(node, seen)) continue
    paintNode(to, node, look, camera.zoom)
    if (++drawn % nodesPerRest === 0) yield linesPerStroke
  }
  for (const box of scene.boxes) if (overlaps(box, seen)) paintLabel(to, box, look, camera.zoom)
}

/** Its name grows from far away as far as there is room, and then goes. */
function paintLabel(to: CanvasRenderingContext2D, box: SceneBox, look: Look, zoom: number): void {
  const usual = box.depth === 0 ? 16 : 13
  const high = Math.max(usual, Math.min(11 / zoom, box.headroom - 6))
  if (high * zoom < 7) return
  to.font = `600 ${high}px ${look.font}`
  to.fillStyle = look.soft
  to.textBaseline = 'middle'
  to.fillText(cut(to, box.label, box.width - 14), box.x + 8, box.y + box.headroom / 2 + 1)
}

const linesPerStroke = 32
const nodesPerRest = 64

function* paintEdges(to: CanvasRenderingContext2D, { scene, camera, look }: Paint, seen: Rect): Generator<number> {
  const usual = () => {
    // A hair less than a pixel, which is drawn much faster.
    to.lineWidth = 0.98 / camera.zoom
    to.strokeStyle = look.field
    to.globalAlpha = Math.min(0.7, Math.max(0.09, 7 / Math.sqrt(scene.edges.length)))
    to.beginPath()
  }
  let waits = 0
  usual()
  for (const edge of scene.edges) {
    if (edge.change !== undefined || !line(to, scene, edge, seen)) continue
    // One path of all would be slower to fill in than many.
    if (++waits < linesPerStroke) continue
    to.stroke()
    yield waits
    waits = 0
    usual()
  }
  to.stroke()
  to.globalAlpha = 1
  for (const change of ['added', 'gone'] as const) {
    to.strokeStyle = look.tone[change === 'added' ? 'good' : 'bad']
    to.setLineDash(change === 'gone' ? [5 / camera.zoom, 4 / camera.zoom] : [])
    to.beginPath()
    for (const edge of scene.edges) if (edge.change === change) line(to, scene, edge, seen)
    to.stroke()
  }
  to.setLineDash([])
}

/** From the right side of one to the left side of the other. @returns whether any of it is seen */
function line(to: CanvasRenderingContext2D, { nodes }: Scene, { from, to: end }: SceneEdge, seen: Rect): boolean {
  const one = nodes[from]
  const other = nodes[end]
  if (one === undefined || other === undefined) return false
  const x1 = one.x + one.width
  const y1 = one.y + one.height / 2
  const x2 = other.x
  const y2 = other.y + other.height / 2
  const isSeen =
    Math.min(x1, x2) < seen.x + seen.width &&
    seen.x < Math.max(x1, x2) &&
    Math.min(y1, y2) < seen.y + seen.height &&
    seen.y < Math.max(y1, y2)
  if (!isSeen) return false
  const middle = (x1 + x2) / 2
  to.moveTo(x1, y1)
  to.bezierCurveTo(middle, y1, middle, y2, x2, y2)
  return true
}

function paintNode(to: CanvasRenderingContext2D, node: SceneNode, look: Look, zoom: number): void {
  const { x, y, width, height, tone, change, isCalm } = node
  const isPlain = isCalm && (tone === 'good' || tone === 'calm')
  to.fillStyle = zoom < shapely ? look.tone[tone] : isPlain ? look.card : look.toneSoft[tone]
  if (change === 'gone' || (isCalm && zoom < shapely)) to.globalAlpha = 0.4
  to.fillRect(x, y, width, height)
  to.globalAlpha = 1
  to.lineWidth = (change === undefined ? 1 : 2) / zoom
  to.strokeStyle =
    change === 'added' ? look.tone.good : change === 'gone' ? look.tone.bad : isPlain ? look.field : look.tone[tone]
  if (change === 'gone') to.setLineDash([5 / zoom, 3 / zoom])
  if (zoom >= shapely || change !== undefined) to.strokeRect(x, y, width, height)
  to.setLineDash([])
  if (zoom < shapely) return
  mark(to, node, look)
  if (zoom < readable) return
  to.fillStyle = look.ink
  to.font = `13px ${look.font}`
  to.textBaseline = 'middle'
  const sign = change === undefined ? '' : { added: '+ ', gone: '− ', changed: '± ' }[change]
  to.fillText(cut(to, `${sign}${node.label}`, width - 34), x + 27, y + height / 2 + 0.5)
}

const paths = new Map<string, Path2D>()

/** The same shape that the state has in every list. */
function mark(to: CanvasRenderingContext2D, { x, y, height, shape, tone }: SceneNode, look: Look): void {
  const { d, isLine } = markPaths[shape]
  let path = paths.get(shape)
  if (path === undefined) {
    path = new Path2D(d)
    paths.set(shape, path)
  }
  to.save()
  to.translate(x + 8, y + height / 2 - 6)
  if (isLine) {
    to.lineWidth = 1.8
    to.strokeStyle = look.tone[tone]
    to.stroke(path)
  } else {
    to.fillStyle = look.tone[tone]
    to.fill(path)
  }
  to.restore()
}

const widths = new Map<string, string>()

function cut(to: CanvasRenderingContext2D, text: string, width: number): string {
  const key = `${to.font} ${Math.round(width)} ${text}`
  const known = widths.get(key)
  if (known !== undefined) return known
  let kept = text
  if (to.measureText(text).width > width) {
    let length = Math.max(1, Math.floor((text.length * width) / to.measureText(text).width) - 1)
    while (length > 1 && to.measureText(`${text.slice(0, length)}…`).width > width) length -= 1
    kept = `${text.slice(0, length)}…`
  }
  if (widths.size > 20_000) widths.clear()
  widths.set(key, kept)
  return kept
}

export interface Pulse {
  edge: SceneEdge
  tone: SceneNode['tone']
  /** Of its way, 0 to 1. */
  way: number
}

/** Over the scene: what stands out, and what happens. Everything else is made faint first. */
export function paintOver(
  to: CanvasRenderingContext2D,
  paint: Paint,
  ratio: number,
  {
    lit,
    lines,
    pulses,
    focused,
  }: { lit: Lit | undefined; lines: readonly SceneEdge[]; pulses: readonly Pulse[]; focused: SceneNode | undefined },
): void {
  const { scene, camera, size, look } = paint
  const seen = shownOf(camera, size)
  begin(to, paint, ratio)
  if (lit !== undefined) {
    to.globalAlpha = 0.6
    to.fillStyle = look.card
    to.fillRect(seen.x, seen.y, seen.width, seen.height)
    to.globalAlpha = 1
    to.lineWidth = 1.6 / camera.zoom
    to.strokeStyle = look.accent
    to.beginPath()
    for (const edge of lines) line(to, scene, edge, seen)
    to.stroke()
    for (const node of scene.nodes) {
      const isStopped = lit.stopped.has(node.id)
      if (!isStopped && !lit.touched.has(node.id) && lit.chosen !== node.id) continue
      if (!overlaps(node, seen)) continue
      paintNode(to, node, look, camera.zoom)
      to.lineWidth = (isStopped ? 3 : 2) / camera.zoom
      to.strokeStyle = lit.chosen === node.id ? look.accent : isStopped ? look.tone.bad : look.tone.warn
      to.setLineDash(isStopped || lit.chosen === node.id ? [] : [4 / camera.zoom, 3 / camera.zoom])
      to.strokeRect(node.x, node.y, node.width, node.height)
      to.setLineDash([])
    }
    const box = scene.boxes.find(({ id }) => id === lit.chosen)
    if (box !== undefined) {
      to.lineWidth = 2.5 / camera.zoom
      to.strokeStyle = look.accent
      to.strokeRect(box.x, box.y, box.width, box.height)
    }
  }
  for (const { edge, tone, way } of pulses) pulse(to, scene, edge, look.tone[tone], way, camera.zoom)
  if (focused !== undefined) {
    const gap = 3 / camera.zoom
    to.lineWidth = 2 / camera.zoom
    to.strokeStyle = look.accent
    to.strokeRect(focused.x - gap, focused.y - gap, focused.width + 2 * gap, focused.height + 2 * gap)
  }
}

function pulse(
  to: CanvasRenderingContext2D,
  { nodes }: Scene,
  { from, to: end }: SceneEdge,
  colour: string,
  way: number,
  zoom: number,
): void {
  const one = nodes[from]
  const other = nodes[end]
  if (one === undefined || other === undefined) return
  const x1 = one.x + one.width
  const y1 = one.y + one.height / 2
  const x2 = other.x
  const y2 = other.y + other.height / 2
  // The cubic of `line`, whose inner points stand in the middle.
  const back = 1 - way
  const middle = (x1 + x2) / 2
  const x = back ** 3 * x1 + 3 * back * back * way * middle + 3 * back * way * way * middle + way ** 3 * x2
  const y = (back ** 3 + 3 * back * back * way) * y1 + (3 * back * way * way + way ** 3) * y2
  to.fillStyle = colour
  to.beginPath()
  to.arc(x, y, 4.5 / zoom, 0, 2 * Math.PI)
  to.fill()
}
