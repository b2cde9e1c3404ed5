// A box that the user puts around a face: drawn with the pointer, or moved with the arrow keys and resized with Shift.
import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from 'react'
import { useWords } from '../language'
import { placeOf } from './boxed-photo'

export type Box = [number, number, number, number]

const start: Box = [0.4, 0.35, 0.6, 0.65]
const step = 0.01
const smallest = 0.01

const within = (value: number) => Math.max(0, Math.min(1, value))

export function DrawnBox({ box, onDraw }: { box: Box | undefined; onDraw: (box: Box) => void }) {
  const words = useWords()
  const [from, setFrom] = useState<[number, number]>()
  const field = useRef<HTMLDivElement>(null)
  useEffect(() => field.current?.focus(), [])
  const at = (event: PointerEvent): [number, number] => {
    const area = field.current?.getBoundingClientRect()
    if (!area) return [0, 0]
    return [within((event.clientX - area.left) / area.width), within((event.clientY - area.top) / area.height)]
  }
  const stretch = (event: PointerEvent) => {
    if (!from) return
    const to = at(event)
    const drawn: Box = [
      Math.min(from[0], to[0]),
      Math.min(from[1], to[1]),
      Math.max(from[0], to[0]),
      Math.max(from[1], to[1]),
    ]
    if (drawn[2] - drawn[0] >= smallest && drawn[3] - drawn[1] >= smallest) onDraw(drawn)
  }
  const onKey = (event: KeyboardEvent) => {
    const moves: Record<string, [number, number]> = {
      ArrowLeft: [-step, 0],
      ArrowRight: [step, 0],
      ArrowUp: [0, -step],
      ArrowDown: [0, step],
    }
    const move = moves[event.key]
    if (!move) return
    event.preventDefault()
    const [x1, y1, x2, y2] = box ?? start
    const moved: Box = event.shiftKey
      ? [x1, y1, Math.max(x1 + smallest, within(x2 + move[0])), Math.max(y1 + smallest, within(y2 + move[1]))]
      : [x1 + move[0], y1 + move[1], x2 + move[0], y2 + move[1]]
    if (moved.every((edge) => edge >= 0 && edge <= 1)) onDraw(moved)
  }
  return (
    <div
      ref={field}
      className="drawing"
      tabIndex={0}
      role="application"
      aria-label={words.photoPage.drawHint}
      onKeyDown={onKey}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId)
        setFrom(at(event))
      }}
      onPointerMove={stretch}
      onPointerUp={(event) => {
        stretch(event)
        setFrom(undefined)
      }}
    >
      {box && <span className="box drawn" style={placeOf(box)} />}
    </div>
  )
}
