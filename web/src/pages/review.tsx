// Faces that need a name: chosen together, named at once.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Button } from 'react-aria-components'
import { api, type Face } from '../api'
import { distance } from '../format'
import { useLanguage } from '../language'
import { useMessages } from '../messages'
import { Choice } from '../parts/choice'
import { FacePicture } from '../parts/face-picture'
import { PersonBox, personNamed } from '../parts/person-box'
import { usePeople } from '../people'

const most = 500

export function ReviewPage() {
  const { words, code } = useLanguage()
  const { people, nameOf } = usePeople()
  const { attempt, tell } = useMessages()
  const queries = useQueryClient()
  const [show, setShow] = useState<'unknown' | 'uncertain'>('unknown')
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set())
  const [anchor, setAnchor] = useState<number>()
  const { data } = useQuery({ queryKey: ['faces', show], queryFn: () => api.faces(show, 0, most) })
  const faces = data?.faces ?? []

  const choose = (index: number, range: boolean) => {
    const from = range && anchor !== undefined ? Math.min(anchor, index) : index
    const to = range && anchor !== undefined ? Math.max(anchor, index) : index
    const next = new Set(chosen)
    const on = range || !next.has(faces[index]?.id ?? 0)
    faces.slice(from, to + 1).forEach((face) => (on ? next.add(face.id) : next.delete(face.id)))
    setChosen(next)
    setAnchor(index)
  }
  const name = async (text: string) => {
    await attempt(async () => {
      const person = await personNamed(text, people)
      for (const face of chosen) await api.addReference(person.id, face)
      tell(words.reviewPage.named(chosen.size, person.name))
      setChosen(new Set())
    })
    await queries.invalidateQueries()
  }
  return (
    <div className="page">
      <header className="spread">
        <h1>{words.reviewPage.title}</h1>
        <Choice
          label={words.photosPage.show}
          value={show}
          options={[
            ['unknown', words.reviewPage.unknown],
            ['uncertain', words.reviewPage.uncertain],
          ]}
          onChange={(value) => {
            setShow(value as typeof show)
            setChosen(new Set())
          }}
        />
      </header>
      {data && faces.length === 0 && <p className="quiet">{words.reviewPage.none}</p>}
      {faces.length > 0 && <p className="quiet">{words.reviewPage.hint}</p>}
      <ul className="cards review">
        {faces.map((face: Face, index) => (
          <li key={face.id}>
            <button
              type="button"
              className="pick"
              aria-pressed={chosen.has(face.id)}
              onClick={(event) => choose(index, event.shiftKey)}
            >
              <FacePicture photo={face.photo} face={face.id} alt={words.photoPage.face} />
              <span className="quiet">
                {face.nearest &&
                  words.reviewPage.nearest(nameOf(face.nearest.person), distance(face.nearest.distance, code))}
              </span>
            </button>
          </li>
        ))}
      </ul>
      {chosen.size > 0 && (
        <div className="tray">
          <span>{words.reviewPage.selected(chosen.size)}</span>
          <PersonBox onName={(text) => void name(text)} />
          <Button onPress={() => setChosen(new Set())}>{words.reviewPage.clear}</Button>
        </div>
      )}
    </div>
  )
}
