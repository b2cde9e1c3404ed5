// Photos, as many as there are.
import { useCallback, useState } from 'react'
import { Link } from 'wouter'
import { api, type Photo, type PhotoFilter, photoPicture } from '../api'
import { useLanguage } from '../language'
import { usePeople } from '../people'
import { usePaged } from './paged'
import { VirtualGrid } from './virtual-grid'

export function PhotoGrid({ filter }: { filter: { show?: PhotoFilter; person?: number } }) {
  const { words } = useLanguage()
  const [range, setRange] = useState({ first: 0, last: 0 })
  const onRange = useCallback((first: number, last: number) => setRange({ first, last }), [])
  const list = usePaged<Photo>(
    ['photos', filter],
    async (offset, limit) => {
      const { total, photos } = await api.photos({ ...filter, offset, limit })
      return { total, items: photos }
    },
    range.first,
    range.last,
  )
  if (list.total === undefined) return <p className="quiet">{words.loading}</p>
  if (list.total === 0) return <p className="quiet">{words.photosPage.none}</p>
  return (
    <>
      <p className="quiet">{words.photos(list.total)}</p>
      <VirtualGrid label={words.photosPage.title} total={list.total} cell={180} onRange={onRange}>
        {(index) => <Tile photo={list.at(index)} />}
      </VirtualGrid>
    </>
  )
}

function Tile({ photo }: { photo: Photo | undefined }) {
  const { words, code } = useLanguage()
  const { nameOf } = usePeople()
  if (!photo) return <div className="tile empty" />
  const people = photo.faces.map((face) => (face.person === null ? words.unknown : nameOf(face.person)))
  const names = new Intl.ListFormat(code).format([...new Set(people)])
  return (
    <Link href={`/photos/${photo.id}`} className="tile" aria-label={`${photo.name}: ${names}`}>
      <img src={photoPicture(photo.id, 320)} alt="" loading="lazy" />
      <span className="caption">{names || photo.name}</span>
    </Link>
  )
}
