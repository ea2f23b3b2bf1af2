// Where a router may die while a key takes the place of another: that of an agent that signs, that
// of grants, and that of the database.
import { rotationStates } from '@xerotier/protocol/lifecycles/rotation.ts'
import type { WritingStep } from './dies-writing.ts'

/** In their order. */
export const signingSteps = [
  'rotation of a signing key committed, agent not told',
  'acknowledgement of a signing key not committed',
  'acknowledgement of a signing key committed, agent not told',
  'cut-over to a signing key not committed',
  'cut-over to a signing key committed, agent not told',
] as const

/** In their order. */
export const grantKeySteps = [
  'grant key not committed',
  'grant key committed, agents not told',
  'end of a grant key not committed',
  'end of a grant key committed, agents not told',
] as const

/** Each is reached several times: once for each batch. */
export const reencryptionSteps = [
  'sealed column not committed',
  'sealed column committed',
  'sealed piece not committed',
  'sealed piece committed',
  'sealed call not committed',
  'sealed call committed',
] as const

export type KeyStep =
  | (typeof signingSteps)[number]
  | (typeof grantKeySteps)[number]
  | (typeof reencryptionSteps)[number]

const states: readonly unknown[] = rotationStates
/** To which state a rotation is moved: what is set comes before what is asked for. */
const movesTo = (state: string) => (text: string, values: readonly unknown[]) =>
  text.startsWith('update "rotations"') && values.find((value) => states.includes(value)) === state

export const keyStatements: readonly WritingStep<KeyStep>[] = [
  { is: (text) => text.startsWith('insert into "rotations"'), committed: signingSteps[0] },
  { is: movesTo('acknowledged'), before: signingSteps[1], committed: signingSteps[2] },
  { is: movesTo('completed'), before: signingSteps[3], committed: signingSteps[4] },
  {
    is: (text) => text.startsWith('insert into "grant_keys"'),
    before: grantKeySteps[0],
    committed: grantKeySteps[1],
  },
  {
    is: (text, values) => text.startsWith('update "grant_keys"') && values.includes('retired'),
    before: grantKeySteps[2],
    committed: grantKeySteps[3],
  },
  {
    is: (text) => /update "(?:channels|executions|grant_keys)" set "(?:secret|secrets)" =/.test(text),
    before: reencryptionSteps[0],
    committed: reencryptionSteps[1],
  },
  {
    is: (text) => /^update "(?:execution_output|artifact_chunks)" set "data"/.test(text),
    before: reencryptionSteps[2],
    committed: reencryptionSteps[3],
  },
  {
    is: (text) => /^update "executions" set sealed_with =/.test(text),
    before: reencryptionSteps[4],
    committed: reencryptionSteps[5],
  },
]
