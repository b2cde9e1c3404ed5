// Photos that are dropped or opened: who is on them, without anything being kept; or chosen by path, to be sorted.
import { useEffect, useRef, useState } from 'react'
import { Button, DropZone, FileTrigger } from 'react-aria-components'
import { api, type Recognized } from '../api'
import { distance } from '../format'
import { useJobs } from '../job'
import { useLanguage, useWords } from '../language'
import { useMessages } from '../messages'
import { useSetting } from '../settings'
import { boxKind, placeOf } from './boxed-photo'
import { Chooser } from './chooser'

interface Shown {
  file: File
  url: string
  recognized: Recognized | null
}

export function SinglePhotos() {
  const words = useWords()
  const { attempt } = useMessages()
  const { start, busy } = useJobs()
  const [shown, setShown] = useState<Shown[]>([])
  const [choosing, setChoosing] = useState(false)
  const photosFolder = useSetting('photos')?.value ?? ''
  const urls = useRef<string[]>([])
  useEffect(() => () => urls.current.splice(0).forEach((url) => URL.revokeObjectURL(url)), [])

  const look = async (files: File[]) => {
    for (const file of files) {
      const entry: Shown = { file, url: URL.createObjectURL(file), recognized: null }
      urls.current.push(entry.url)
      setShown((before) => [entry, ...before])
      const recognized = await attempt(() => api.recognize(file))
      setShown((before) =>
        recognized
          ? before.map((one) => (one.url === entry.url ? { ...one, recognized } : one))
          : before.filter((one) => one.url !== entry.url),
      )
    }
  }
  return (
    <section className="card" aria-labelledby="single">
      <h2 id="single">{words.home.single}</h2>
      <DropZone
        className="drop"
        onDrop={(event) => {
          void Promise.all(
            event.items.flatMap((item) => (item.kind === 'file' ? [item.getFile()] : [])),
          ).then(look)
        }}
      >
        <p>{words.home.singleHint}</p>
        <p className="actions">
          <FileTrigger
            acceptedFileTypes={['image/*']}
            allowsMultiple
            onSelect={(files) => files && void look([...files])}
          >
            <Button>{words.home.singleDrop}</Button>
          </FileTrigger>
          <Button isDisabled={busy} onPress={() => setChoosing(true)}>
            {words.home.singleChoose}
          </Button>
        </p>
      </DropZone>
      <Chooser
        photos
        start={photosFolder}
        isOpen={choosing}
        onClose={() => setChoosing(false)}
        onChoose={(paths) => void start({ kind: 'recognize', paths })}
      />
      <div className="singles">
        {shown.map((one) => (
          <RecognizedPhoto key={one.url} shown={one} />
        ))}
      </div>
    </section>
  )
}

function RecognizedPhoto({ shown }: { shown: Shown }) {
  const words = useWords()
  const { code } = useLanguage()
  const faces = shown.recognized?.faces ?? []
  return (
    <figure>
      <div className="boxed">
        <img src={shown.url} alt={shown.file.name} />
        {faces.map((face, i) => (
          <span key={i} className={`box ${boxKind(face)}`} style={placeOf(face.box)}>
            <span>{i + 1}</span>
          </span>
        ))}
      </div>
      <figcaption>
        <strong>{shown.file.name}</strong>
        {shown.recognized === null && <p className="quiet">{words.loading}</p>}
        {shown.recognized !== null && faces.length === 0 && <p className="quiet">{words.photoPage.noFaces}</p>}
        <ol>
          {faces.map((face, i) => (
            <li key={i}>
              {face.person ?? words.unknown}
              <span className="quiet">
                {' '}
                {face.distances
                  .slice(0, 3)
                  .map((one) => `${one.name} ${distance(one.distance, code)}`)
                  .join(' · ')}
              </span>
            </li>
          ))}
        </ol>
      </figcaption>
    </figure>
  )
}
