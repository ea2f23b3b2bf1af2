// A list of the router's as a table, in each of its states: on its way, refused, empty, there, and
// with more behind it.
import type { InfiniteData } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { Page } from '../api/live.ts'
import { Button } from '../ui/button.tsx'
import { Notice, Scroll } from '../ui/state.tsx'
import { words } from '../words/en.ts'
import { Answer, type Asked } from './asked.tsx'

export interface Column<Item> {
  head: string
  cell: (item: Item) => ReactNode
  right?: boolean
  /** From which width on it is shown; always, when it is not given. */
  from?: 'sm' | 'md' | 'lg'
}

interface AskedPages<Item> extends Asked<InfiniteData<Page<Item>>> {
  hasNextPage: boolean
  isFetchingNextPage: boolean
  fetchNextPage: () => unknown
}

interface Props<Item> {
  label: string
  asked: AskedPages<Item>
  columns: readonly Column<Item>[]
  keyOf: (item: Item) => string
  empty: string
  /** Below that it is empty: what to do about it. */
  children?: ReactNode
}

const hidden = { sm: 'max-sm:hidden', md: 'max-md:hidden', lg: 'max-lg:hidden' } as const
const classOf = <Item,>({ right = false, from }: Column<Item>) =>
  `${right ? 'text-right tabular-nums' : ''} ${from === undefined ? '' : hidden[from]}`

export function Listed<Item>({ label, asked, columns, keyOf, empty, children }: Props<Item>) {
  return (
    <Answer asked={asked} rows={4}>
      {({ pages }) => {
        const items = pages.flatMap(({ data }) => data)
        if (items.length === 0) return <Notice title={empty}>{children}</Notice>
        return (
          <div className="grid gap-2">
            <Scroll label={label}>
              <table>
                <thead>
                  <tr>
                    {columns.map((column) => (
                      <th key={column.head} className={classOf(column)}>
                        {column.head}
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {items.map((item) => (
                    <tr key={keyOf(item)} className="hover:bg-raised">
                      {columns.map((column) => (
                        <td key={column.head} className={classOf(column)}>
                          {column.cell(item)}
                        </td>
                      ))}
                    </tr>
                  ))}
                </tbody>
              </table>
            </Scroll>
            {asked.hasNextPage && (
              <Button
                className="justify-self-center"
                disabled={asked.isFetchingNextPage}
                onClick={() => void asked.fetchNextPage()}
              >
                {words.more}
              </Button>
            )}
          </div>
        )
      }}
    </Answer>
  )
}
