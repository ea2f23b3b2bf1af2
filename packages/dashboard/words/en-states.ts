/** Of what is not there, not yet, or only in part. */
export const stateWords = {
  slow: 'The router has not answered yet. It is given half a minute.',
  asking: 'Asked again …',
  foreign: 'Something between this browser and the router has answered, as a proxy does. Look there first.',
  unsure: 'Nobody here knows whether it was done: look before you do it again.',
  of: 'This is what the router said at',
  notAnew: 'Asked again, it did not say how it is now.',
  missing: (what: string) => `${what}: this could not be loaded.`,
  unknown: 'not known',
  partial: 'What needs a person may be more than this: not all of it is known.',
  sources: {
    health: 'Health',
    history: 'The last day',
    reviews: 'Reviews',
    approvals: 'Approvals',
    agents: 'Agents',
    candidates: 'Candidates',
  },
  lastCall: 'The last call of this tool',
  standing: 'Whether you may decide on this',
  check: 'What the router says of this policy',
  liveOutput: 'What it writes now',
  part: {
    title: 'A part of this page could not be loaded',
    hint: 'The router does not answer, or has another version of the page by now. What you have typed elsewhere stays.',
    load: 'Load the page anew',
  },
  broken: {
    title: 'This view has failed',
    hint: 'That is a mistake in the dashboard and not of yours. The other views go on, and xeroctl does the same. Report it with this text:',
  },
}
