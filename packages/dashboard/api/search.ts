import { useNavigate } from '@tanstack/react-router'
import { useCallback } from 'react'
import { given } from './queries.ts'

/** Changes a part of what stands in the address of this view; what is undefined goes. */
export function useSearchChange(): (part: Record<string, string | undefined>, replace?: boolean) => void {
  const navigate = useNavigate()
  return useCallback(
    (part, replace = false) => {
      const search = (before: object) => given({ ...before, ...part })
      // The library knows no types of a route that is not registered with it: routes/router.tsx
      // makes texts of whatever is there.
      void navigate({ to: '.', search: search as never, resetScroll: false, replace })
    },
    [navigate],
  )
}
