/** What a device is told by Web Push, encrypted for it. It says no argument of a call. */
export interface PushNote {
  title: string
  /** Who asks; null where nobody does. */
  asked_by: string | null
  /** ISO; until when it can be decided. */
  until: string | null
  /** A note takes the place of the one before it with the same. */
  tag: string
  /** What it opens, below `/ops/`. */
  path: string
  /** Nobody has to do anything: it makes no sound. */
  quiet: boolean
}
