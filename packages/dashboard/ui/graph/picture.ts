// A picture of a part of a scene, larger than the screen: moving shows another part of it, and
// zooming stretches it. A new one is drawn a little in each frame while the one before is shown, so
// that a frame costs the same with any number of lines.
import { type Camera, moved, type Size } from './camera.ts'
import type { Look } from './look.ts'
import { paintScene } from './paint.ts'
import type { Scene } from './scene.ts'

export interface Wanted {
  scene: Scene
  look: Look
  camera: Camera
  size: Size
  ratio: number
}

export interface Pictures {
  /** What was drawn is of another scene, or in other colours. */
  outdated(): void
  /** @returns whether there is more to do in the next frame */
  work(wanted: Wanted, now: number): boolean
  show(on: CanvasRenderingContext2D, camera: Camera, ratio: number): void
  /** Nothing is begun until then, while somebody zooms. */
  restUntil(moment: number): void
}

interface Picture {
  canvas: HTMLCanvasElement
  camera: Camera
  size: Size
}
interface Job extends Picture {
  steps: Generator<number>
}

/** Around what is on the screen, as a share of it. */
const margin = 0.25
/** Lines that are drawn in a frame: as many as leave it time. */
const quotas = { least: 32, most: 2_000, first: 160 }
const frameMs = { short: 22, long: 34 }

export function createPictures(): Pictures {
  let shown: Picture | undefined
  let job: Job | undefined
  let spare: HTMLCanvasElement | undefined
  let isCurrent = false
  let restsUntil = 0
  let quota = quotas.first
  let lastFrame = 0

  function begin({ scene, look, camera, size, ratio }: Wanted, withEdges: boolean): Job {
    const canvas = spare ?? document.createElement('canvas')
    spare = undefined
    const large = { width: size.width * (1 + 2 * margin), height: size.height * (1 + 2 * margin) }
    const from = moved(camera, size.width * margin, size.height * margin)
    setSize(canvas, large, ratio)
    const paint = { scene, camera: from, size: large, look }
    return { canvas, camera: from, size: large, steps: paintScene(contextOf(canvas), paint, ratio, withEdges) }
  }

  function end({ canvas, camera, size }: Picture): void {
    spare = shown?.canvas
    shown = { canvas, camera, size }
    job = undefined
  }

  /** Whether a picture is of about what is looked at, with something left around it. */
  function serves({ camera: from, size: large }: Picture, { camera, size }: Wanted): boolean {
    if (from.zoom !== camera.zoom) return false
    const x = (camera.x - from.x) * camera.zoom
    const y = (camera.y - from.y) * camera.zoom
    const left = [x, y, large.width - x - size.width, large.height - y - size.height]
    return left.every((one) => one >= Math.min(size.width, size.height) * margin * 0.4)
  }

  return {
    outdated() {
      isCurrent = false
      job = undefined
    },
    restUntil(moment) {
      restsUntil = moment
    },
    work(wanted, now) {
      if (shown === undefined) {
        // Something at once, and the lines after it.
        const first = begin(wanted, false)
        for (const _ of first.steps);
        end(first)
      }
      if (job !== undefined && !serves(job, wanted)) {
        spare = job.canvas
        job = undefined
      }
      const needs = !isCurrent || (shown !== undefined && !serves(shown, wanted))
      if (job === undefined) {
        if (!needs) return false
        if (now < restsUntil) return true
        job = begin(wanted, true)
        isCurrent = true
        lastFrame = now
      }
      const gap = now - lastFrame
      lastFrame = now
      if (gap > frameMs.long) quota = Math.max(quotas.least, quota * 0.6)
      else if (gap < frameMs.short) quota = Math.min(quotas.most, quota * 1.3)
      for (let drawn = 0; drawn < quota; ) {
        const { done, value } = job.steps.next()
        if (done === true) {
          end(job)
          return false
        }
        drawn += value
      }
      return true
    },
    show(on, camera, ratio) {
      // A browser draws late: a pixel that is covered at once makes it do so bit by bit.
      if (job !== undefined) on.drawImage(job.canvas, 0, 0, 1, 1, 0, 0, 1, 1)
      on.clearRect(0, 0, on.canvas.width, on.canvas.height)
      if (shown === undefined) return
      const { canvas, camera: from } = shown
      const stretch = camera.zoom / from.zoom
      const x = (from.x - camera.x) * camera.zoom * ratio
      const y = (from.y - camera.y) * camera.zoom * ratio
      on.drawImage(canvas, Math.round(x), Math.round(y), canvas.width * stretch, canvas.height * stretch)
    },
  }
}

export function setSize(canvas: HTMLCanvasElement, { width, height }: Size, ratio: number): void {
  const [wide, high] = [Math.max(1, Math.round(width * ratio)), Math.max(1, Math.round(height * ratio))]
  if (canvas.width !== wide) canvas.width = wide
  if (canvas.height !== high) canvas.height = high
}

/** @throws Error where the browser draws nothing */
export function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const context = canvas.getContext('2d')
  if (context === null) throw new Error('this browser has no canvas')
  return context
}
