// What to do about an error, as data: the command line
// prints it, a page shows its action as a button.

export interface Advice {
  /** One sentence or more: what to do. */
  say: string
  /** What helps most often, where one step does. */
  action?: Action
}

export interface Action {
  /** What the step is called. */
  label: string
  /** The line that takes it. The caller fills in what stands in `<…>`; of `<a|b>` one. */
  xeroctl: string
  /** The id of the route that the line calls. */
  route: string
}

export function adviceText({ say, action }: Advice): string {
  return action === undefined ? say : `${say} ${action.label}: \`${action.xeroctl}\`.`
}
