// Choosing a folder, or photos in one, among those of this machine.
import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { Button, Checkbox, Input, Label, TextField } from 'react-aria-components'
import { api, type NamedPath } from '../api'
import { useWords } from '../language'
import { useMessages } from '../messages'
import { Window } from './modal'

interface Props {
  start: string // where to begin; the first place when it is not there
  photos?: boolean // choose photos instead of the folder
  isOpen: boolean
  onClose: () => void
  onChoose: (paths: string[]) => void
}

export function Chooser({ start, photos = false, isOpen, onClose, onChoose }: Props) {
  const words = useWords()
  return (
    <Window title={photos ? words.chooser.photos : words.chooser.folder} isOpen={isOpen} onClose={onClose} wide>
      <Browser start={start} photos={photos} onClose={onClose} onChoose={onChoose} />
    </Window>
  )
}

function Browser({ start, photos, onClose, onChoose }: Required<Omit<Props, 'isOpen'>>) {
  const words = useWords()
  const { attempt } = useMessages()
  const [path, setPath] = useState<string | undefined>(start || undefined)
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const folder = useQuery({
    queryKey: ['folder', path],
    queryFn: () => api.browse(path),
    placeholderData: (before) => before,
    staleTime: 0,
  })
  // A folder that can't be opened is no dead end: back to the last that could, or to the first place.
  const last = useRef<string | undefined>(undefined)
  const data = folder.data
  useEffect(() => {
    if (folder.error) setPath(last.current)
    else if (data && !folder.isPlaceholderData) last.current = data.path
  }, [folder.error, folder.isPlaceholderData, data])
  if (!data) return <p>{words.loading}</p>

  const toggle = (photo: string, on: boolean) => {
    const next = new Set(chosen)
    if (on) next.add(photo)
    else next.delete(photo)
    setChosen(next)
  }
  const makeFolder = async (name: string) => {
    const made = await attempt(() => api.makeFolder(data.path, name))
    if (made) setPath(made.path)
  }
  const take = (paths: string[]) => {
    onClose()
    onChoose(paths)
  }
  return (
    <div className="chooser">
      <nav aria-label={words.chooser.places}>
        {data.roots.map((root) => (
          <Button key={root.path} onPress={() => setPath(root.path)} aria-pressed={root.path === data.path}>
            {root.name || '/'}
          </Button>
        ))}
      </nav>
      <div>
        <p className="spread">
          <span className="path">{data.path}</span>
          <Button isDisabled={data.parent === null} onPress={() => setPath(data.parent ?? undefined)}>
            {words.chooser.up}
          </Button>
        </p>
        <ul className="entries">
          {data.folders.map((one) => (
            <li key={one.path}>
              <Button onPress={() => setPath(one.path)}>📁 {one.name}</Button>
            </li>
          ))}
          {photos &&
            data.photos.map((one: NamedPath) => (
              <li key={one.path}>
                <Checkbox isSelected={chosen.has(one.path)} onChange={(on) => toggle(one.path, on)}>
                  <span className="tick" aria-hidden />
                  {one.name}
                </Checkbox>
              </li>
            ))}
          {data.folders.length === 0 && !photos && <li className="quiet">{words.chooser.empty}</li>}
          {data.photos.length === 0 && photos && <li className="quiet">{words.chooser.noPhotos}</li>}
          {data.cut && <li className="quiet">{words.chooser.cut}</li>}
        </ul>
        {!photos && <NewFolder onName={(name) => void makeFolder(name)} />}
      </div>
      <p className="actions end">
        <Button onPress={onClose}>{words.cancel}</Button>
        {photos ? (
          <Button className="primary" isDisabled={chosen.size === 0} onPress={() => take([...chosen])}>
            {words.chooser.takePhotos(chosen.size)}
          </Button>
        ) : (
          <Button className="primary" onPress={() => take([data.path])}>
            {words.chooser.take}
          </Button>
        )}
      </p>
    </div>
  )
}

function NewFolder({ onName }: { onName: (name: string) => void }) {
  const words = useWords()
  const [name, setName] = useState('')
  return (
    <form
      className="row"
      onSubmit={(event) => {
        event.preventDefault()
        if (name.trim()) onName(name.trim())
        setName('')
      }}
    >
      <TextField value={name} onChange={setName}>
        <Label>{words.chooser.newFolder}</Label>
        <Input placeholder={words.chooser.newFolderName} />
      </TextField>
      <Button type="submit" isDisabled={!name.trim()}>
        {words.chooser.make}
      </Button>
    </form>
  )
}
