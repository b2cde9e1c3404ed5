// Everybody known, and adding somebody.
import { useState } from 'react'
import { Button, FileTrigger, Form, Input, Label, TextField } from 'react-aria-components'
import { Link } from 'wouter'
import { api } from '../api'
import { useWords } from '../language'
import { useMessages } from '../messages'
import { FacePicture } from '../parts/face-picture'
import { Window } from '../parts/modal'
import { useAddPhotos, usePeople } from '../people'

export function PeoplePage() {
  const words = useWords()
  const { people, isPending } = usePeople()
  const [adding, setAdding] = useState(false)
  return (
    <div className="page">
      <header className="spread">
        <h1>{words.peoplePage.title}</h1>
        <Button className="primary" onPress={() => setAdding(true)}>
          {words.peoplePage.add}
        </Button>
      </header>
      {!isPending && people.length === 0 && <p className="quiet">{words.peoplePage.none}</p>}
      <ul className="cards">
        {people.map((person) => (
          <li key={person.id}>
            <Link href={`/people/${person.id}`} className="person">
              {person.cover ? (
                <FacePicture photo={person.cover.photo} face={person.cover.face} />
              ) : (
                <span className="face empty" aria-hidden />
              )}
              <strong>{person.name}</strong>
              <span className="quiet">{words.photos(person.photos)}</span>
            </Link>
          </li>
        ))}
      </ul>
      <Window title={words.peoplePage.add} isOpen={adding} onClose={() => setAdding(false)}>
        <AddPerson onClose={() => setAdding(false)} />
      </Window>
    </div>
  )
}

function AddPerson({ onClose }: { onClose: () => void }) {
  const words = useWords()
  const { attempt } = useMessages()
  const addPhotos = useAddPhotos()
  const [name, setName] = useState('')
  const [photos, setPhotos] = useState<File[]>([])
  const add = async () => {
    const person = await attempt(() => api.addPerson(name))
    if (!person) return
    onClose()
    await addPhotos(person.id, photos)
  }
  return (
    <Form
      onSubmit={(event) => {
        event.preventDefault()
        void add()
      }}
    >
      <TextField value={name} onChange={setName} autoFocus>
        <Label>{words.peoplePage.name}</Label>
        <Input />
      </TextField>
      <p className="quiet">{words.peoplePage.photosHint}</p>
      <FileTrigger
        allowsMultiple
        acceptedFileTypes={['image/*']}
        onSelect={(files) => files && setPhotos([...files])}
      >
        <Button>{photos.length > 0 ? words.photos(photos.length) : words.peoplePage.addPhotos}</Button>
      </FileTrigger>
      <p className="actions end">
        <Button onPress={onClose}>{words.cancel}</Button>
        <Button type="submit" className="primary" isDisabled={!name.trim()}>
          {words.peoplePage.adding}
        </Button>
      </p>
    </Form>
  )
}
