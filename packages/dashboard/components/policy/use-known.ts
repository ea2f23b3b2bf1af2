import { useQueries, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useClient } from '../../api/client.ts'
import { policyWordsQuery, toolQuery, toolsQuery } from '../../api/policies.ts'
import { groupsQuery, may, workspacesQuery } from '../../api/queries.ts'
import { useSession } from '../../api/session.ts'
import { isMembers } from '../../ui/json-schema.ts'
import { type Known, toolsNamedIn } from './completions.ts'

/** Whose arguments are asked for. */
const namedMost = 6

/** What there is to speak about, for who writes these expressions. */
export function useKnown(workspace: string | undefined, expressions: string): Known {
  const client = useClient()
  const session = useSession()
  const calls = may(session, 'execution')
  const { data: language } = useQuery(policyWordsQuery(client))
  const { data: tools } = useQuery({ ...toolsQuery(client, workspace), enabled: calls })
  const { data: workspaces } = useQuery(workspacesQuery(client))
  const { data: groups } = useQuery({ ...groupsQuery(client), enabled: may(session, 'management') })
  const there = tools?.data.map(({ name }) => name) ?? []
  const named = toolsNamedIn(expressions)
    .filter((tool) => there.includes(tool))
    .slice(0, namedMost)
  const shown = useQueries({ queries: named.map((tool) => ({ ...toolQuery(client, tool), enabled: calls })) })
  const argumentsOf = new Map(
    shown.flatMap(({ data }) => (data === undefined ? [] : [[data.name, membersOf(data.input_schema)] as const])),
  )
  const key = JSON.stringify([...argumentsOf])
  // biome-ignore lint/correctness/useExhaustiveDependencies: the maps are others each time, and say the same
  return useMemo(
    () => ({
      language,
      tools: there,
      workspaces: (workspaces ?? []).map(({ name }) => name),
      groups: (groups ?? []).map(({ name }) => name),
      argumentsOf,
    }),
    [language, tools, workspaces, groups, key],
  )
}

function membersOf(schema: unknown): { name: string; type: string }[] {
  const properties = isMembers(schema) && isMembers(schema.properties) ? schema.properties : {}
  return Object.entries(properties).map(([name, one]) => ({
    name,
    type: isMembers(one) && typeof one.type === 'string' ? one.type : '',
  }))
}
