// A list in a box of its own, of which only what can be seen is in the page, however long it is.
import { useVirtualizer } from '@tanstack/react-virtual'
import { type ReactNode, useEffect, useRef } from 'react'
import { useKeptRow } from './kept-row.ts'

interface Props<Item> {
  label: string
  items: readonly Item[]
  keyOf: (item: Item) => string
  /** The one that is to be seen: its place. */
  current: number
  /** Of an item that was not measured yet, in pixels. */
  itemHeight: number
  /** How high the box may be. */
  className: string
  children: (item: Item, place: number) => ReactNode
}

export function TallList<Item>({ label, items, keyOf, current, itemHeight, className, children }: Props<Item>) {
  const box = useRef<HTMLDivElement>(null)
  const { keep, shown } = useKeptRow(items, keyOf)
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => box.current,
    estimateSize: () => itemHeight,
    overscan: 6,
    getItemKey: (at) => {
      const found = items[at]
      return found === undefined ? at : keyOf(found)
    },
    rangeExtractor: shown,
  })
  // Not when others come before it: a list must not move under somebody's finger.
  const currentItem = items[current]
  const currentKey = currentItem && keyOf(currentItem)
  const place = useRef(current)
  place.current = current
  useEffect(() => {
    if (currentKey !== undefined) virtual.scrollToIndex(place.current, { align: 'auto' })
  }, [currentKey, virtual])
  return (
    <div ref={box} className={`card overflow-auto ${className}`}>
      <ul aria-label={label} className="relative" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const item = items[index]
          return (
            item && (
              <li
                key={keyOf(item)}
                ref={virtual.measureElement}
                data-index={index}
                data-key={keyOf(item)}
                aria-setsize={items.length}
                aria-posinset={index + 1}
                onFocusCapture={() => keep(item)}
                style={{ transform: `translateY(${start}px)` }}
                className={`absolute top-0 left-0 w-full ${index + 1 < items.length ? 'border-b border-line' : ''}`}
              >
                {children(item, index)}
              </li>
            )
          )
        })}
      </ul>
    </div>
  )
}
