// Where a picture is looked at: `x` and `y` stand in the corner of the screen, `zoom` is pixels per
// unit.
import type { Rect } from './scene.ts'

export interface Camera {
  x: number
  y: number
  zoom: number
}

export interface Size {
  width: number
  height: number
}

const zooms = { least: 0.02, most: 3 }

/** All of it, in the middle. */
export function fit(all: Size, screen: Size, most = 1.2): Camera {
  const zoom = Math.min(most, (screen.width - 16) / all.width, (screen.height - 16) / all.height)
  return centred({ x: 0, y: 0, ...all }, screen, Math.max(zooms.least, zoom))
}

export function centred(rect: Rect, screen: Size, zoom: number): Camera {
  return {
    x: rect.x + rect.width / 2 - screen.width / 2 / zoom,
    y: rect.y + rect.height / 2 - screen.height / 2 / zoom,
    zoom,
  }
}

/** What is at that place of the screen stays there. */
export function zoomed(camera: Camera, by: number, at: { x: number; y: number }): Camera {
  const zoom = Math.min(zooms.most, Math.max(zooms.least, camera.zoom * by))
  return {
    x: camera.x + at.x / camera.zoom - at.x / zoom,
    y: camera.y + at.y / camera.zoom - at.y / zoom,
    zoom,
  }
}

export function moved(camera: Camera, byX: number, byY: number): Camera {
  return { ...camera, x: camera.x - byX / camera.zoom, y: camera.y - byY / camera.zoom }
}

export function shownOf(camera: Camera, { width, height }: Size): Rect {
  return { x: camera.x, y: camera.y, width: width / camera.zoom, height: height / camera.zoom }
}

export function overlaps(one: Rect, other: Rect): boolean {
  return (
    one.x < other.x + other.width &&
    other.x < one.x + one.width &&
    one.y < other.y + other.height &&
    other.y < one.y + one.height
  )
}
