/** Of who asks to enroll. */
export const candidateWords = {
  letInEffect:
    'It enrolls within seconds, and may then be given calls. Compare the key id with the log of the agent on its host, and type its end.',
  refuseEffect: 'It does not enroll. Its host has to ask again, with another join key.',
  asked: 'Asked',
}
