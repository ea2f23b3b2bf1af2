import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { type ReactNode, Suspense, useCallback, useId, useState } from 'react'
import { useClient } from '../api/client.ts'
import { part } from '../api/part.ts'
import { executionStates, risks } from '../api/protocol.data.ts'
import { newestQuery, type OperationFilter, operationsQuery } from '../api/queries.ts'
import { useSearchChange } from '../api/search.ts'
import { Answer, Waiting } from '../components/asked.tsx'
import { Heading } from '../components/heading.tsx'
import { OperationHead, OperationRow, operationColumns } from '../components/operation-rows.tsx'
import { SavedViews } from '../components/saved-views.tsx'
import { CommandLine, quoted } from '../components/texts.tsx'
import { isRange, TimeRange } from '../components/time-range.tsx'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Notice } from '../ui/state.tsx'
import { TallTable } from '../ui/tall-table.tsx'
import { words } from '../words/en.ts'

const OperationView = part(async () => (await import('../components/operation-view.tsx')).OperationView)
const text = words.operations
const route = getRouteApi('/frame/operations')
const between = 'between'

export interface OperationsSearch extends OperationFilter {
  /** The one that is open over the list. */
  open?: string | undefined
}

export function Operations() {
  const { open, ...filter }: OperationsSearch = route.useSearch()
  const change = useSearchChange()
  const filtered = Object.keys(filter).length > 0
  const show = useCallback((id: string) => change({ open: id }), [change])
  return (
    <>
      <Heading title={text.title} />
      <Filters filter={filter} change={change} />
      <SavedViews filter={filter} />
      <List filter={filter} filtered={filtered} open={show} />
      {open !== undefined && (
        <Dialog title={words.operation.title} wide closeLabel={words.close} onClose={() => change({ open: undefined })}>
          <Suspense fallback={<Waiting rows={8} />}>
            <OperationView id={open} linked />
          </Suspense>
        </Dialog>
      )}
    </>
  )
}

/** In the address: what is seen can be sent to somebody, and Back undoes it. */
function Filters({
  filter,
  change,
}: {
  filter: OperationFilter
  change: (part: Record<string, string | undefined>) => void
}) {
  const choices = [
    ['status', text.status, executionStates.map((state) => [state, words.executionStates[state]] as const)],
    ['risk', text.risk, risks.map((risk) => [risk, words.risks[risk]] as const)],
  ] as const
  const texts = [
    ['tool', text.tool],
    ['workspace', text.workspace],
    ['agent', text.agent],
    ['requester', text.requester],
  ] as const
  const filtered = Object.keys(filter).length > 0
  const [asksRange, setAsksRange] = useState(false)
  return (
    <search aria-label={text.filters} className="grid grid-cols-2 items-end gap-2 sm:flex sm:flex-wrap">
      {choices.map(([name, label, options]) => (
        <Filter key={name} label={label}>
          {(id) => (
            <select
              id={id}
              className="field text-[13px] sm:w-31"
              value={filter[name] ?? ''}
              onChange={({ target }) => change({ [name]: target.value || undefined })}
            >
              <option value="">{text.any}</option>
              {options.every(([value]) => value !== filter[name]) && filter[name] !== undefined && (
                <option value={filter[name]}>{filter[name]}</option>
              )}
              {options.map(([value, shown]) => (
                <option key={value} value={value}>
                  {shown}
                </option>
              ))}
            </select>
          )}
        </Filter>
      ))}
      <Times filter={filter} change={change} asksRange={asksRange} askRange={setAsksRange} />
      {texts.map(([name, label]) => (
        <Filter key={name} label={label}>
          {(id) => (
            <input
              id={id}
              key={filter[name] ?? ''}
              className="field text-[13px] sm:w-31"
              defaultValue={filter[name] ?? ''}
              onBlur={({ target }) =>
                target.value !== (filter[name] ?? '') && change({ [name]: target.value.trim() || undefined })
              }
              onKeyDown={({ key, currentTarget }) =>
                key === 'Enter' && change({ [name]: currentTarget.value.trim() || undefined })
              }
            />
          )}
        </Filter>
      ))}
      {filtered && (
        <Button
          look="quiet"
          onClick={() => {
            setAsksRange(false)
            change(Object.fromEntries(Object.keys(filter).map((name) => [name, undefined])))
          }}
        >
          {text.clear}
        </Button>
      )}
    </search>
  )
}

interface TimesProps {
  filter: OperationFilter
  change: (part: Record<string, string | undefined>) => void
  /** Its fields are shown, though nothing is typed yet. */
  asksRange: boolean
  askRange: (on: boolean) => void
}

/** A span that ends now, or from one time to another. */
function Times({ filter, change, asksRange, askRange }: TimesProps) {
  const { since, until } = filter
  const hasRange = asksRange || isRange(filter)
  return (
    <>
      <Filter label={text.since}>
        {(id) => (
          <select
            id={id}
            className="field text-[13px] sm:w-34"
            value={hasRange ? between : (since ?? '')}
            onChange={({ target: { value } }) => {
              askRange(value === between)
              if (value !== between) change({ since: value || undefined, until: undefined })
            }}
          >
            {Object.entries(text.spans).map(([span, shown]) => (
              <option key={span} value={span}>
                {shown}
              </option>
            ))}
            <option value={between}>{text.between}</option>
          </select>
        )}
      </Filter>
      {hasRange && (
        <TimeRange
          since={since !== undefined && since in text.spans ? undefined : since}
          until={until}
          change={change}
        />
      )}
    </>
  )
}

function Filter({ label, children }: { label: string; children: (id: string) => ReactNode }) {
  const id = useId()
  return (
    <div className="grid gap-0.5 text-[12px]">
      <label htmlFor={id} className="text-soft">
        {label}
      </label>
      {children(id)}
    </div>
  )
}

function List({ filter, filtered, open }: { filter: OperationFilter; filtered: boolean; open: (id: string) => void }) {
  const client = useClient()
  const queries = useQueryClient()
  const listed = useInfiniteQuery(operationsQuery(client, filter))
  const rows = listed.data?.pages.flatMap(({ data }) => data) ?? []
  const { data: newest } = useQuery(newestQuery(client, filter))
  const head = newest?.data[0]
  const isBehind =
    head !== undefined && listed.data !== undefined && rows[0]?.id !== head.id && !rows.some(({ id }) => id === head.id)
  const showNew = () => {
    scrollTo({ top: 0 })
    void queries.resetQueries({ queryKey: operationsQuery(client, filter).queryKey })
  }
  return (
    <Answer asked={listed} rows={10}>
      {() =>
        rows.length === 0 && !isBehind ? (
          <Notice title={filtered ? text.noMatch : text.empty}>{!filtered && <First />}</Notice>
        ) : (
          <div className="grid gap-2">
            <div className="flex min-h-8 flex-wrap items-center justify-between gap-2 text-[13px] text-soft">
              <p>
                {text.shown(rows.length)} · {text.live}
              </p>
              <div role="status">{isBehind && <Button onClick={showNew}>{text.fresh}</Button>}</div>
            </div>
            <TallTable
              label={text.title}
              rows={rows}
              keyOf={({ id }) => id}
              head={<OperationHead />}
              row={(row, props) => <OperationRow key={row.id} row={row} onOpen={open} {...props} />}
              columns={operationColumns}
              rowHeight={39}
            />
            {listed.hasNextPage && (
              <Button
                className="justify-self-center"
                disabled={listed.isFetchingNextPage}
                onClick={() => void listed.fetchNextPage()}
              >
                {words.more}
              </Button>
            )}
            <CommandLine line={lineOf(filter)} />
          </div>
        )
      }
    </Answer>
  )
}

function First() {
  return (
    <>
      <p>{text.emptyHint}</p>
      <CommandLine line="xeroctl exec invoke host_uptime --workspace <workspace>" />
    </>
  )
}

function lineOf({ since, ...filter }: OperationFilter): string {
  const options = Object.entries({ ...filter, since }).flatMap(([name, value]) =>
    value ? [`--${name} ${quoted(value)}`] : [],
  )
  return ['xeroctl exec list', ...options].join(' ')
}
