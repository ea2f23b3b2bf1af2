import { GaveUp, TooOld } from '../api/passkeys.ts'
import { accessWords } from '../words/en-access.ts'
import { Refused } from './asked.tsx'

/** Who gave up knows it: that is said in calm words. */
export function PasskeyRefused({ error }: { error: Error | null }) {
  if (error instanceof GaveUp || error instanceof TooOld)
    return (
      <p role="status" className="rounded-lg bg-raised px-3 py-2 text-soft">
        {error instanceof TooOld ? accessWords.passkeys.tooOld : accessWords.passkeys.gaveUp}
      </p>
    )
  return <Refused error={error} />
}
