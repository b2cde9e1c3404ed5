// A face, square.
import { facePicture } from '../api'

export function FacePicture({ photo, face, alt = '' }: { photo: number; face: number; alt?: string }) {
  return <img className="face" src={facePicture(photo, face)} alt={alt} loading="lazy" width="160" height="160" />
}
