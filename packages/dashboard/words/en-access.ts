/** Of coming in, and of what somebody comes in with. */
export const accessWords = {
  methods: {
    link: 'by link',
    password: 'password',
    authenticator: 'authenticator',
    recovery_code: 'recovery code',
    passkey: 'passkey',
  },
  login: {
    passkey: 'Log in with a passkey',
    passkeyInstead: 'Use a passkey instead',
  },
  passkeys: {
    title: 'Passkeys',
    hint: 'Your fingerprint, face or security key in the place of a password. With a password, it is the second step.',
    none: 'You have none.',
    nowhere:
      'Browsers make passkeys for a name over TLS alone. Whoever runs this router sets XEROTIER_PUBLIC_URL to where people reach it.',
    elsewhere: 'Passkeys are good at one address alone, and this page has another:',
    add: 'Add a passkey',
    addEffect: 'Your browser asks where to keep it. From then on a password alone does not log you in.',
    addNow: 'Make the passkey',
    nameHint: 'By which you tell it from others: my phone, the key on my ring.',
    codesHint: 'Each is good once, after your password, when the passkey is out of reach. Keep them apart from it.',
    made: 'Made',
    used: 'Last used',
    never: 'never',
    synced: 'on more than one device',
    rename: 'Rename',
    renameOf: (name: string) => `Rename ${name}`,
    remove: 'Remove',
    removeOf: (name: string) => `Remove ${name}`,
    removeEffect: 'It logs in nobody from now on. The authenticator may still show it: delete it there too.',
    removeNow: (name: string) => `Remove the passkey ${name} now`,
    tooOld: 'This browser is too old for passkeys. Log in another way, or with a newer one.',
    gaveUp: 'Nothing was shown. Try again when you are ready.',
  },
}
