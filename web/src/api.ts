// Asking the program: every call in one place, with the types of docs/openapi.yaml.
import type { components } from './api-types'

type Schemas = components['schemas']
export type State = Schemas['State']
export type Setting = Schemas['Setting']
export type BrowsedFolder = Schemas['BrowsedFolder']
export type NamedPath = Schemas['NamedPath']
export type Job = Schemas['Job']
export type JobRequest = Schemas['JobRequest']
export type JobResult = Schemas['JobResult']
export type Person = Schemas['Person']
export type Face = Schemas['Face']
export type Photo = Schemas['Photo']
export type PhotoDetails = Schemas['PhotoDetails']
export type Distances = Schemas['Distances']
export type Recognized = Schemas['Recognized']
export type ThresholdEffect = Schemas['ThresholdEffect']
export type Plan = Schemas['Plan']
export type PersonFolder = Schemas['PersonFolder']
export type Run = Schemas['Run']
export type Pack = Schemas['Pack']
export type Verified = Schemas['Verified']
export type Forgotten = Schemas['Forgotten']

// What the program answered when it could not do something: one sentence for the user.
export class Refusal extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message)
  }
}

async function ask<T>(method: string, path: string, body?: unknown): Promise<T> {
  const init: RequestInit = { method }
  if (body instanceof Blob) {
    init.body = body
    init.headers = { 'Content-Type': body.type || 'image/unknown' }
  } else if (body !== undefined) {
    init.body = JSON.stringify(body)
    init.headers = { 'Content-Type': 'application/json' }
  }
  let reply: Response
  try {
    reply = await fetch(path, init)
  } catch {
    throw new Refusal('gone', '')
  }
  if (reply.status === 204) return undefined as T
  const value: unknown = await reply.json().catch(() => null)
  if (reply.ok) return value as T
  const error = (value as Schemas['Error'] | null)?.error
  throw new Refusal(error?.code ?? 'io', error?.message ?? reply.statusText)
}

export type Decision = Exclude<Face['decision'], 'none'> | 'rejected'
export type ReviewList = 'unknown' | 'uncertain' | 'later'
export interface PastFact {
  number: number
  time: string
  origin: string
  text: string
  undone: boolean
}
export type PhotoFilter = 'all' | 'unknown' | 'uncertain' | 'nobody'

export interface PhotoQuery {
  show?: PhotoFilter
  person?: number
  sort?: 'added'
  offset: number
  limit: number
}

function query(parameters: object): string {
  const pairs = Object.entries(parameters).filter(([, value]) => value !== undefined)
  return new URLSearchParams(pairs.map(([name, value]) => [name, String(value)])).toString()
}

export const api = {
  logIn: (password: string) => ask<void>('POST', '/api/login', { password }),
  logOut: () => ask<void>('POST', '/api/logout'),
  quit: () => ask<void>('POST', '/api/quit'),

  state: () => ask<State>('GET', '/api/state'),
  settings: () => ask<Setting[]>('GET', '/api/settings'),
  changeSetting: (name: string, value: string) => ask<Setting>('PUT', `/api/settings/${name}`, { value }),
  tryThreshold: (value: number) => ask<ThresholdEffect>('GET', `/api/threshold?value=${value}`),
  browse: (path?: string) => ask<BrowsedFolder>('GET', `/api/folders?${query({ path })}`),
  makeFolder: (parent: string, name: string) => ask<NamedPath>('POST', '/api/folders', { parent, name }),

  startJob: (request: JobRequest) => ask<Job>('POST', '/api/job', request),
  pauseJob: () => ask<Job>('POST', '/api/job/pause'),
  resumeJob: () => ask<Job>('POST', '/api/job/resume'),
  dismissJob: () => ask<void>('DELETE', '/api/job'),

  people: () => ask<Person[]>('GET', '/api/people'),
  addPerson: (name: string) => ask<Person>('POST', '/api/people', { name }),
  renamePerson: (id: number, name: string) => ask<Person>('PATCH', `/api/people/${id}`, { name }),
  removePerson: (id: number) => ask<void>('DELETE', `/api/people/${id}`),
  forgetPerson: (id: number) => ask<Forgotten>('POST', `/api/people/${id}/forget`),
  mergePeople: (from: number, into: number) => ask<Person>('POST', `/api/people/${from}/merge`, { into }),
  removeReference: (face: number) => ask<void>('DELETE', `/api/references/${face}`),
  addPersonPhoto: (id: number, photo: File) =>
    ask<{ path: string }>('POST', `/api/people/${id}/photos?${query({ name: photo.name })}`, photo),

  photos: (filter: PhotoQuery) => ask<{ total: number; photos: Photo[] }>('GET', `/api/photos?${query(filter)}`),
  photo: (id: number) => ask<PhotoDetails>('GET', `/api/photos/${id}`),
  faces: (filter: { show?: ReviewList; person?: number; offset: number; limit: number }) =>
    ask<{ total: number; faces: Face[]; groups: number[] }>('GET', `/api/faces?${query(filter)}`),
  drawFace: (photo: number, box: number[], person: number) =>
    ask<{ face: number; fact: number }>('POST', `/api/photos/${photo}/faces`, { box, person }),
  decide: (faces: number[], decision: Decision, person?: number) =>
    ask<{ facts: number[] }>('POST', '/api/decisions', { faces, decision, person }),
  facts: () => ask<PastFact[]>('GET', '/api/facts'),
  undoFacts: (facts: number[]) => ask<{ facts: number[] }>('POST', '/api/facts/undo', { facts }),
  distances: (face: number) => ask<Distances>('GET', `/api/faces/${face}/distances`),
  recognize: (photo: File | string) =>
    ask<Recognized>('POST', '/api/recognize', photo instanceof File ? photo : { path: photo }),

  plan: (createFolders: boolean) => ask<Plan>('GET', `/api/plan?create_folders=${createFolders ? 'yes' : 'no'}`),
  peoplesFolders: () => ask<PersonFolder[]>('GET', '/api/peoples-folders'),
  runs: () => ask<Run[]>('GET', '/api/runs'),
  packs: () => ask<Pack[]>('GET', '/api/packs'),
  verifyPack: (person: string) => ask<Verified>('POST', `/api/packs/${encodeURIComponent(person)}/verify`),
}

export const photoPicture = (photo: number, size: number) => `/api/photos/${photo}/picture?size=${size}`
export const facePicture = (photo: number, face: number) => `/api/photos/${photo}/faces/${face}/picture`
export const packFile = (person: string) => `/api/packs/${encodeURIComponent(person)}/file`
