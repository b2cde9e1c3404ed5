// A grid of any length that draws only what can be seen.
import { useVirtualizer } from '@tanstack/react-virtual'
import { type ReactNode, useLayoutEffect, useRef, useState } from 'react'

interface Props {
  label: string
  total: number
  cell: number // the least width of a cell, in pixels
  ratio?: number // height of a cell by its width
  extra?: number // pixels below it
  onRange: (first: number, last: number) => void
  children: (index: number) => ReactNode
}

export function VirtualGrid({ label, total, cell, ratio = 1, extra = 0, onRange, children }: Props) {
  const list = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(0)
  const [top, setTop] = useState(0)
  useLayoutEffect(() => {
    const element = list.current
    const scroller = element?.closest('main')
    if (!element || !scroller) return
    const measure = () => {
      setWidth(element.clientWidth)
      setTop(element.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop)
    }
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    observer.observe(scroller)
    measure()
    return () => observer.disconnect()
  }, [])
  const columns = Math.max(1, Math.floor(width / cell))
  const rowHeight = (width / columns) * ratio + extra
  const rows = useVirtualizer({
    count: Math.ceil(total / columns),
    getScrollElement: () => list.current?.closest('main') ?? null,
    estimateSize: () => rowHeight || cell,
    scrollMargin: top,
    overscan: 2,
  })
  useLayoutEffect(() => rows.measure(), [rowHeight, rows])
  const shown = rows.getVirtualItems()
  const first = (shown[0]?.index ?? 0) * columns
  const last = Math.min(total, ((shown.at(-1)?.index ?? 0) + 1) * columns) - 1
  useLayoutEffect(() => onRange(first, last), [first, last, onRange])
  return (
    <div ref={list} className="virtual" role="list" aria-label={label} style={{ height: rows.getTotalSize() }}>
      {shown.flatMap((row) =>
        Array.from({ length: Math.min(columns, total - row.index * columns) }, (_, i) => {
          const index = row.index * columns + i
          return (
            <div
              key={index}
              role="listitem"
              aria-posinset={index + 1}
              aria-setsize={total}
              style={{
                width: `${100 / columns}%`,
                height: rowHeight,
                transform: `translate(${100 * i}%, ${row.start - top}px)`,
              }}
            >
              {children(index)}
            </div>
          )
        }),
      )}
    </div>
  )
}
