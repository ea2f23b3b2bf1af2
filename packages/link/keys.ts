// The agent's two key pairs: Ed25519 signs its messages, CURVE encrypts its connection. Both live in 0600 files.
import type { SigningKey } from '@xerotier/runtime/ed25519.ts'

export interface CurveKeys {
  /** Z85. */
  publicKey: string
  /** Z85. */
  secretKey: string
}

export interface AgentKeys {
  signing: SigningKey
  curve: CurveKeys
}
