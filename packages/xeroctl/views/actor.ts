/**
 * Who did something, on the page of a record: the name for people, the id to tell two of one name
 * apart.
 * @param name null when there is none; undefined from a router older than these names
 */
export function actorInFull(id: string | null, name: string | null | undefined): string | null {
  return id !== null && name ? `${name} (${id})` : id
}

/**
 * The key and the door that somebody came by. The id of a service key is that of the actor, and
 * stands there already. A router older than people leaves both out.
 */
export function cameWith(
  actor: string | null,
  key: string | null | undefined,
  door: string | null | undefined,
): string | null {
  if (!door) return null
  return key && key !== actor ? `${key} (door: ${door})` : `door: ${door}`
}
