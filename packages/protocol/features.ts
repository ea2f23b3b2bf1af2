/** What an agent may say in its proof that it knows beyond the first text of its wire version. */
export const features = {
  /** The frames of `frames/audit/`: it looks at checkpoints of the audit log, and signs them. */
  cosign: 'cosign',
  /** The frames of `frames/rotation/`: its keys can be replaced while it works. */
  rotation: 'rotation',
  /** `signing_rotate` and its answer: its signing key can be replaced as well. */
  signing_rotation: 'signing_rotation',
  /** The frame `grant_keys`: it takes a grant key that one which it has vouches for. */
  grant_keys: 'grant_keys',
} as const

/** What a router says in its welcome that it knows beyond the first text of its wire version. */
export const routerFeatures = {
  /** A renewal may leave out the manifest that the session knows. */
  short_renewals: 'short_renewals',
} as const
