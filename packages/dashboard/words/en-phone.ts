/** Of the dashboard as something that is installed, and is not always online. */
export const phoneWords = {
  offline: {
    device: 'This device is offline',
    router: 'The router does not answer',
    since: 'Offline since',
    never: 'The router has not answered here yet.',
    hint: 'No calls, approvals or output are kept on this device: there is nothing older to show. It is asked again, and the page goes on by itself.',
  },
  version: {
    there: 'The router has a newer version of this page.',
    hint: 'What you are typing stays until you load it.',
    load: 'Load it',
  },
}
