// A photo with a box around every face, and the name below it.
import type { CSSProperties, ReactNode } from 'react'
import { Button } from 'react-aria-components'
import { type Face, photoPicture } from '../api'
import { useWords } from '../language'
import { usePeople } from '../people'

// Where a box lies on the picture, in hundredths of it.
export function placeOf(box: number[]): CSSProperties {
  const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = box
  return { left: `${100 * x1}%`, top: `${100 * y1}%`, width: `${100 * (x2 - x1)}%`, height: `${100 * (y2 - y1)}%` }
}

export function boxKind(face: { person: unknown; needs_review: boolean }): string {
  if (face.person === null) return 'unknown'
  return face.needs_review ? 'uncertain' : 'named'
}

interface Props {
  photo: { id: number; name: string; width: number; height: number; faces: Face[] }
  size: number
  zoom?: number
  boxes?: boolean
  chosen?: number | undefined
  onChoose?: (face: Face) => void
  children?: ReactNode // over the picture
}

export function BoxedPhoto({ photo, size, zoom = 1, boxes = true, chosen, onChoose, children }: Props) {
  const words = useWords()
  const { nameOf } = usePeople()
  const ratio = `${photo.width} / ${photo.height}`
  return (
    <div className="boxed" style={{ aspectRatio: ratio, width: `${100 * zoom}%` }}>
      <img src={photoPicture(photo.id, size)} alt={photo.name} />
      {boxes &&
        photo.faces.map((face) => {
          const name = face.person === null ? words.unknown : nameOf(face.person)
          const kind = `box ${boxKind(face)}`
          return onChoose ? (
            <Button
              key={face.id}
              className={chosen === face.id ? `${kind} chosen` : kind}
              style={placeOf(face.box)}
              aria-label={name}
              aria-pressed={chosen === face.id}
              onPress={() => onChoose(face)}
            >
              <span>{name}</span>
            </Button>
          ) : (
            <span key={face.id} className={kind} style={placeOf(face.box)} />
          )
        })}
      {children}
    </div>
  )
}
