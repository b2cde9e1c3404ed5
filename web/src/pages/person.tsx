// One person: references, photos, another name, merging, removing.
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Button, FileTrigger, Form, Input, Label, TextField } from 'react-aria-components'
import { Link, useLocation } from 'wouter'
import { api, type Person } from '../api'
import { useJobs } from '../job'
import { useWords } from '../language'
import { useMessages } from '../messages'
import { FacePicture } from '../parts/face-picture'
import { Confirm, Window } from '../parts/modal'
import { PhotoGrid } from '../parts/photo-grid'
import { useAddPhotos, usePeople } from '../people'

export function PersonPage({ id }: { id: number }) {
  const words = useWords()
  const { people, isPending } = usePeople()
  const person = people.find((one) => one.id === id)
  if (isPending) return <p className="page">{words.loading}</p>
  if (!person) return <p className="page">{words.noPage}</p>
  return (
    <div className="page tall">
      <Heading person={person} others={people.filter((one) => one.id !== id)} />
      <References person={person} />
      <h2>{words.peoplePage.photosTitle}</h2>
      <PhotoGrid filter={{ person: id }} />
    </div>
  )
}

function Heading({ person, others }: { person: Person; others: Person[] }) {
  const words = useWords()
  const queries = useQueryClient()
  const { attempt, tell } = useMessages()
  const [, go] = useLocation()
  const [open, setOpen] = useState<'rename' | 'merge' | 'remove' | 'forget' | null>(null)
  const close = () => setOpen(null)
  const change = async (work: () => Promise<unknown>, next?: string) => {
    close()
    await attempt(async () => {
      await work()
      if (next) go(next)
      await queries.invalidateQueries()
    })
  }
  const forget = async () => {
    const { left } = await api.forgetPerson(person.id)
    tell(words.peoplePage.forgotten(person.name, left))
  }
  return (
    <header className="spread">
      <h1>{person.name}</h1>
      <p className="actions">
        <Link href={`/review?person=${person.id}`}>{words.peoplePage.lookThrough}</Link>
        <Button onPress={() => setOpen('rename')}>{words.peoplePage.rename}</Button>
        <Button isDisabled={others.length === 0} onPress={() => setOpen('merge')}>
          {words.peoplePage.merge}
        </Button>
        <Button onPress={() => setOpen('remove')}>{words.peoplePage.remove}</Button>
        <Button onPress={() => setOpen('forget')}>{words.peoplePage.forget}</Button>
      </p>
      <Window title={words.peoplePage.rename} isOpen={open === 'rename'} onClose={close}>
        <Rename name={person.name} onName={(name) => void change(() => api.renamePerson(person.id, name))} />
      </Window>
      <Window title={words.peoplePage.mergeTitle(person.name)} isOpen={open === 'merge'} onClose={close}>
        <ul className="entries">
          {others.map((other) => (
            <li key={other.id}>
              <Button
                onPress={() => void change(() => api.mergePeople(person.id, other.id), `/people/${other.id}`)}
              >
                {other.name}
              </Button>
            </li>
          ))}
        </ul>
      </Window>
      <Confirm
        title={words.peoplePage.removeTitle(person.name)}
        text={words.peoplePage.removeText}
        action={words.peoplePage.remove}
        isOpen={open === 'remove'}
        onClose={close}
        onConfirm={() => void change(() => api.removePerson(person.id), '/people')}
      />
      <Confirm
        title={words.peoplePage.forgetTitle(person.name)}
        text={words.peoplePage.forgetText}
        action={words.peoplePage.forget}
        isOpen={open === 'forget'}
        onClose={close}
        onConfirm={() => void change(forget, '/people')}
      />
    </header>
  )
}

function Rename({ name, onName }: { name: string; onName: (name: string) => void }) {
  const words = useWords()
  const [text, setText] = useState(name)
  return (
    <Form
      onSubmit={(event) => {
        event.preventDefault()
        onName(text)
      }}
    >
      <TextField value={text} onChange={setText} autoFocus>
        <Label>{words.peoplePage.name}</Label>
        <Input />
      </TextField>
      <p className="actions end">
        <Button type="submit" className="primary" isDisabled={!text.trim() || text === name}>
          {words.save}
        </Button>
      </p>
    </Form>
  )
}

function References({ person }: { person: Person }) {
  const words = useWords()
  const queries = useQueryClient()
  const { attempt, tell } = useMessages()
  const { busy } = useJobs()
  const addPhotos = useAddPhotos()
  const remove = async (face: number) => {
    await attempt(async () => {
      await api.removeReference(face)
      tell(words.peoplePage.again)
    })
    await queries.invalidateQueries()
  }
  return (
    <section className="card" aria-labelledby="references">
      <header className="spread">
        <h2 id="references">{words.peoplePage.referencesTitle}</h2>
        <FileTrigger
          allowsMultiple
          acceptedFileTypes={['image/*']}
          onSelect={(files) => files && void addPhotos(person.id, [...files])}
        >
          <Button isDisabled={busy}>{words.peoplePage.addPhotos}</Button>
        </FileTrigger>
      </header>
      <ul className="cards">
        {person.references.map((reference) => (
          <li key={reference.face} className="person">
            <FacePicture photo={reference.photo} face={reference.face} />
            <span className="quiet">{words.peoplePage.quality(reference.width, reference.sharpness)}</span>
            <Button onPress={() => void remove(reference.face)}>{words.peoplePage.removeReference}</Button>
          </li>
        ))}
      </ul>
    </section>
  )
}
