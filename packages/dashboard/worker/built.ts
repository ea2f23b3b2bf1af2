/** What the build tells the worker. */
export interface Built {
  /** The first script of the page. It names the version. */
  main: string
  /** Names in `assets/`. */
  assets: readonly string[]
  /** Of notifications, in `assets/`; the badge is what stands in the bar of a phone. */
  icon: string
  badge: string
}
