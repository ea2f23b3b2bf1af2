/**
 * Who did something, on the page of a record: the name for people, the id to tell two of one name
 * apart.
 * @param name null when there is none; undefined from a router older than these names
 */
export function actorInFull(id: string | null, name: string | null | undefined): string | null {
  return id !== null && name ? `${name} (${id})` : id
}
