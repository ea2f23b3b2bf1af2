// Whether somebody is there. A page that nobody looks at keeps its session no longer than one that
// was closed.
const quietMs = 5 * 60_000

let movedAt = Date.now()
for (const name of ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'])
  addEventListener(
    name,
    () => {
      movedAt = Date.now()
    },
    { passive: true, capture: true },
  )

export function isIdle(): boolean {
  return Date.now() - movedAt > quietMs
}
