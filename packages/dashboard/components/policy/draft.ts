// What is written, with what the router says of it a moment after each change.
import { useQuery } from '@tanstack/react-query'
import type { PolicyProblem } from '@xerotier/protocol/api/policies.ts'
import { useEffect, useState } from 'react'
import { useClient } from '../../api/client.ts'
import { policyCheckQuery } from '../../api/policies.ts'
import type { Members } from '../../ui/json-schema.ts'
import type { Asked } from '../asked.tsx'

const quietMs = 250

export interface Draft {
  document: Members
  change: (document: Members) => void
  problems: readonly PolicyProblem[]
  /** True once the router has looked at just this and found nothing. */
  isValid: boolean
  isChecking: boolean
  /** Asks again, where the router could not be asked. */
  unchecked: Pick<Asked<unknown>, 'error' | 'refetch'> | undefined
}

/** @param base what decides now */
export function useDraft(base: Members): Draft {
  const [written, setWritten] = useState<Members>()
  const document = written ?? base
  const json = JSON.stringify(document)
  const settled = useSettled(json)
  const asked = useQuery(policyCheckQuery(useClient(), settled))
  const { data, isPlaceholderData } = asked
  const isCurrent = data !== undefined && !isPlaceholderData && settled === json
  return {
    document,
    change: setWritten,
    problems: data?.problems ?? [],
    isValid: isCurrent && data.valid,
    isChecking: !isCurrent,
    unchecked: isCurrent || asked.error === null ? undefined : asked,
  }
}

function useSettled(value: string): string {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), quietMs)
    return () => clearTimeout(timer)
  }, [value])
  return settled
}
