// One photo: who is on it, and how far each face is from everybody known.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Button, Checkbox, ToggleButton } from 'react-aria-components'
import { api, type Face, type PhotoDetails } from '../api'
import { bytes, distance, moment } from '../format'
import { useLanguage, useWords } from '../language'
import { useMessages } from '../messages'
import { BoxedPhoto } from '../parts/boxed-photo'
import { type Box, DrawnBox } from '../parts/drawn-box'
import { FacePicture } from '../parts/face-picture'
import { PersonBox, personNamed } from '../parts/person-box'
import { usePeople } from '../people'

const zooms = [1, 1.5, 2, 3, 4]

export function PhotoPage({ id }: { id: number }) {
  const { words } = useLanguage()
  const [zoom, setZoom] = useState(0)
  const [boxes, setBoxes] = useState(true)
  const [chosen, setChosen] = useState<number>()
  const [drawing, setDrawing] = useState(false)
  const [drawn, setDrawn] = useState<Box>()
  const stopDrawing = (face?: number) => {
    setDrawing(false)
    setDrawn(undefined)
    if (face !== undefined) setChosen(face)
  }
  const photo = useQuery({ queryKey: ['photo', id], queryFn: () => api.photo(id) })
  if (!photo.data) return <p className="page">{photo.isPending ? words.loading : words.noPage}</p>
  const face = photo.data.faces.find((one) => one.id === chosen) ?? photo.data.faces[0]
  return (
    <div className="page photo">
      <header className="spread">
        <h1>{photo.data.name}</h1>
        <p className="actions">
          <ToggleButton isSelected={drawing} onChange={(on) => (on ? setDrawing(true) : stopDrawing())}>
            {words.photoPage.draw}
          </ToggleButton>
          <Checkbox isSelected={boxes} onChange={setBoxes}>
            <span className="tick" aria-hidden />
            {words.photoPage.boxes}
          </Checkbox>
          <Button isDisabled={zoom === 0} onPress={() => setZoom(zoom - 1)} aria-label={words.photoPage.zoomOut}>
            −
          </Button>
          <Button
            isDisabled={zoom === zooms.length - 1}
            onPress={() => setZoom(zoom + 1)}
            aria-label={words.photoPage.zoomIn}
          >
            +
          </Button>
          <Button onPress={() => history.back()}>{words.back}</Button>
        </p>
      </header>
      <div className="side-by-side">
        <div className="stage" tabIndex={0} role="group" aria-label={photo.data.name}>
          <BoxedPhoto
            photo={photo.data}
            size={zoom > 0 ? 4096 : 1600}
            zoom={zooms[zoom] ?? 1}
            boxes={boxes}
            chosen={face?.id}
            onChoose={(one) => setChosen(one.id)}
          >
            {drawing && <DrawnBox box={drawn} onDraw={setDrawn} />}
          </BoxedPhoto>
        </div>
        <aside>
          {drawing && <DrawnCard photo={id} box={drawn} onDone={stopDrawing} />}
          {!drawing && photo.data.faces.length === 0 && <p className="quiet">{words.photoPage.noFaces}</p>}
          {!drawing && <Faces photo={photo.data} chosen={face?.id} onChoose={setChosen} />}
          {!drawing && face && <FaceCard key={face.id} face={face} />}
          <About photo={photo.data} />
        </aside>
      </div>
    </div>
  )
}

// Who is in the box that is drawn.
function DrawnCard({ photo, box, onDone }: { photo: number; box: Box | undefined; onDone: (face?: number) => void }) {
  const words = useWords()
  const { people } = usePeople()
  const { attempt, tell } = useMessages()
  const queries = useQueryClient()
  const name = async (text: string) => {
    if (!box) return
    const drawn = await attempt(async () => {
      const person = await personNamed(text, people)
      const { face } = await api.drawFace(photo, box, person.id)
      tell(words.photoPage.set_done(person.name))
      return face
    })
    if (drawn === undefined) return
    await queries.invalidateQueries()
    onDone(drawn)
  }
  return (
    <section className="card">
      <p>{words.photoPage.drawHint}</p>
      <PersonBox isDisabled={!box} onName={(text) => void name(text)} />
    </section>
  )
}

interface FacesProps {
  photo: PhotoDetails
  chosen: number | undefined
  onChoose: (face: number) => void
}

function Faces({ photo, chosen, onChoose }: FacesProps) {
  const { words } = useLanguage()
  const { nameOf } = usePeople()
  if (photo.faces.length < 2) return null
  return (
    <ul className="strip">
      {photo.faces.map((face) => (
        <li key={face.id}>
          <Button aria-pressed={face.id === chosen} onPress={() => onChoose(face.id)}>
            <FacePicture photo={photo.id} face={face.id} />
            {face.person === null ? words.unknown : nameOf(face.person)}
          </Button>
        </li>
      ))}
    </ul>
  )
}

function FaceCard({ face }: { face: Face }) {
  const { words, code } = useLanguage()
  const { people, nameOf } = usePeople()
  const { attempt, tell } = useMessages()
  const queries = useQueryClient()
  const setPerson = async (name: string) => {
    await attempt(async () => {
      const person = await personNamed(name, people)
      await api.decide([face.id], 'confirmed', person.id)
      tell(words.photoPage.set_done(person.name))
    })
    await queries.invalidateQueries()
  }
  return (
    <section className="card">
      <div className="row">
        <FacePicture photo={face.photo} face={face.id} />
        <div>
          <h2>{face.person === null ? words.unknown : nameOf(face.person)}</h2>
          {face.nearest && (
            <p className="quiet">
              {nameOf(face.nearest.person)}, {distance(face.nearest.distance, code)}
              {face.runner_up &&
                `; ${words.photoPage.margin(nameOf(face.runner_up.person), distance(face.runner_up.distance, code))}`}
            </p>
          )}
          {face.needs_review && <p className="warn">{words.photoPage.uncertain}</p>}
          {face.decided_by === 'user' && <p className="quiet">{words.photoPage.byUser}</p>}
        </div>
      </div>
      <PersonBox onName={(name) => void setPerson(name)} />
      <DistanceList face={face.id} />
    </section>
  )
}

// The figure of FaceNet's idea: a bar for everybody, and the line below which a face is named.
function DistanceList({ face }: { face: number }) {
  const { words, code } = useLanguage()
  const { nameOf } = usePeople()
  const { data } = useQuery({ queryKey: ['distances', face], queryFn: () => api.distances(face) })
  if (!data || data.people.length === 0) return null
  const farthest = Math.max(data.threshold, ...data.people.map((one) => one.distance))
  return (
    <>
      <h3>{words.photoPage.distances}</h3>
      <ol className="distances">
        {data.people.map((one) => (
          <li key={one.person}>
            <span>{nameOf(one.person)}</span>
            <span className="meter" aria-hidden>
              <span
                className={one.distance < data.threshold ? 'near' : 'far'}
                style={{ width: `${(100 * one.distance) / farthest}%` }}
              />
              <i style={{ left: `${(100 * data.threshold) / farthest}%` }} />
            </span>
            <span>{distance(one.distance, code)}</span>
          </li>
        ))}
      </ol>
      <p className="quiet">{words.photoPage.below(distance(data.threshold, code))}</p>
    </>
  )
}

function About({ photo }: { photo: PhotoDetails }) {
  const { words, code } = useLanguage()
  const facts: [string, string][] = [
    [words.photoPage.taken, photo.taken_at ? moment(photo.taken_at, code) : '—'],
    [words.photoPage.camera, photo.camera || '—'],
    [words.photoPage.size, `${photo.width} × ${photo.height}, ${bytes(photo.bytes, code)}`],
    [words.photoPage.format, photo.format],
    [words.photoPage.files, photo.files.join('\n')],
  ]
  return (
    <section className="card">
      <h2>{words.photoPage.info}</h2>
      <dl>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
