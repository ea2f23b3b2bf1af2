// Keys that take the place of others while both count.

/** The UTF-8 text that the acknowledgement of a CURVE rotation signs. */
export function curveRotateText(rotation: {
  rotation_id: string
  agent_id: string
  /** The agent's new one. */
  curve_public_key: string
  /** The router's, where it will dial. */
  router_curve_public_key: string
}): string {
  const { rotation_id, agent_id, curve_public_key, router_curve_public_key } = rotation
  return `xem-curve-rotate-v1\n${rotation_id}\n${agent_id}\n${curve_public_key}\n${router_curve_public_key}`
}

/**
 * The UTF-8 text with which the signing key of an agent names the one that takes its place; both
 * hex.
 */
export function signingRotateText(rotation: {
  rotation_id: string
  agent_id: string
  old_key: string
  new_key: string
}): string {
  const { rotation_id, agent_id, old_key, new_key } = rotation
  return `xem-signing-rotate-v1\n${rotation_id}\n${agent_id}\n${old_key}\n${new_key}`
}

/** The UTF-8 text with which a grant key vouches for the one that takes its place; both hex. */
export function grantKeyText({ signer, public_key }: { signer: string; public_key: string }): string {
  return `xem-grant-key-v1\n${signer}\n${public_key}`
}
