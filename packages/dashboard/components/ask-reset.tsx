// Who has forgotten a password asks for a mail. The answer says nothing of whether there is an
// account.
import { useMutation, useQuery } from '@tanstack/react-query'
import { askForReset, listWays } from '../api/session.ts'
import { Button } from '../ui/button.tsx'
import { accessWords } from '../words/en-access.ts'
import { Refused } from './asked.tsx'

const text = accessWords.reset

/** @param email that was typed above */
export function AskReset({ email }: { email: string }) {
  const { data } = useQuery({ queryKey: ['ways'], queryFn: listWays, staleTime: 60_000 })
  const asking = useMutation({ mutationFn: () => askForReset(email) })
  if (data?.reset !== true) return null
  return (
    <div className="grid gap-1.5 text-[13px] text-soft">
      <Refused error={asking.error} />
      {asking.isSuccess ? (
        <p role="status">{text.asked}</p>
      ) : (
        <>
          <p id="reset-hint">{text.hint}</p>
          <Button
            className="justify-self-start"
            aria-describedby="reset-hint"
            disabled={asking.isPending}
            aria-disabled={!email.includes('@')}
            onClick={() => email.includes('@') && asking.mutate()}
          >
            {text.ask}
          </Button>
        </>
      )}
    </div>
  )
}
