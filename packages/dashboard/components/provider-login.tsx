// The identity provider of this installation, where there is one.
import { useMutation, useQuery } from '@tanstack/react-query'
import { opsUrl } from '../api/place.ts'
import { listWays, loginAtProvider } from '../api/session.ts'
import { Button } from '../ui/button.tsx'
import { accessWords } from '../words/en-access.ts'
import { Refused } from './asked.tsx'

const text = accessWords.login

/**
 * @param keep the page stays, with what was typed: the provider opens in another tab
 * @param again somebody came back whom nobody here knows: they may be another there too
 */
export function ProviderLogin({ keep, again }: { keep: boolean; again: boolean }) {
  const { data } = useQuery({ queryKey: ['ways'], queryFn: listWays, staleTime: 60_000 })
  const going = useMutation({ mutationFn: () => loginAtProvider(again) })
  if (!data?.provider) return null
  if (keep)
    return (
      <a href={opsUrl('login')} target="_blank" rel="noreferrer" className="text-[13px]">
        {text.providerTab(data.provider)}
      </a>
    )
  return (
    <>
      <Refused error={going.error} />
      <Button large disabled={going.isPending} onClick={() => going.mutate()}>
        {text.provider(data.provider)}
      </Button>
    </>
  )
}
