// All photos, or those that show something.
import { useState } from 'react'
import type { PhotoFilter } from '../api'
import { useWords } from '../language'
import { Choice } from '../parts/choice'
import { PhotoGrid } from '../parts/photo-grid'
import { usePeople } from '../people'

const filters = ['all', 'unknown', 'uncertain', 'nobody'] as const

export function PhotosPage() {
  const words = useWords()
  const { people } = usePeople()
  const [show, setShow] = useState<PhotoFilter>('all')
  const [person, setPerson] = useState('')
  return (
    <div className="page tall">
      <header className="spread">
        <h1>{words.photosPage.title}</h1>
        <div className="row">
          <Choice
            label={words.photosPage.show}
            value={show}
            options={filters.map((name) => [name, words.photosPage.filter[name]])}
            onChange={(value) => setShow(value as PhotoFilter)}
          />
          <Choice
            label={words.photosPage.person}
            value={person}
            options={[
              ['', words.photosPage.everybody],
              ...people.map((one): [string, string] => [String(one.id), one.name]),
            ]}
            onChange={setPerson}
          />
        </div>
      </header>
      <PhotoGrid filter={{ show, ...(person ? { person: Number(person) } : {}) }} />
    </div>
  )
}
