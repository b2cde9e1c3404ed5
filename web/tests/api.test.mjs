// Every reply of the API against docs/openapi.yaml, and clients that mean no good.
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { dirname, join } from 'node:path'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import Ajv2020 from 'ajv/dist/2020.js'
import { parse } from 'yaml'
import { data, makeHome, missing, startProgram, useProgram } from './program.mjs'

const contract = parse(readFileSync(join(dirname(fileURLToPath(import.meta.url)), '../../docs/openapi.yaml'), 'utf8'))
const ajv = new Ajv2020({ strict: false, allErrors: true })
ajv.addSchema(contract, 'contract')

// The operation that a path belongs to, by its pattern.
function operationOf(method, path) {
  const plain = path.split('?')[0]
  for (const [pattern, item] of Object.entries(contract.paths)) {
    const fits = new RegExp(`^${pattern.replace(/\{\w+\}/g, '[^/]+')}$`).test(plain)
    if (fits && item[method.toLowerCase()]) return { pattern, operation: item[method.toLowerCase()] }
  }
  return undefined
}

const seen = new Set()

function checkReply(method, path, status, type, value) {
  const found = operationOf(method, path)
  assert.ok(found, `${method} ${path} is not in the contract`)
  const { pattern, operation } = found
  seen.add(`${method} ${pattern}`)
  const pointer = (text) => text.replaceAll('~', '~0').replaceAll('/', '~1')
  let place = `#/paths/${pointer(pattern)}/${method.toLowerCase()}/responses/${operation.responses[status] ? status : 'default'}`
  let response = operation.responses[status] ?? operation.responses.default
  assert.ok(response, `${method} ${path}: ${status} is not in the contract`)
  if (response.$ref) {
    place = response.$ref
    response = contract.components.responses[response.$ref.split('/').at(-1)]
  }
  if (!response.content) return
  const media = type.split(';')[0]
  assert.ok(response.content[media], `${method} ${path}: ${media} is not in the contract`)
  if (media !== 'application/json') return
  const validate = ajv.getSchema(`contract${place}/content/application~1json/schema`)
  assert.ok(validate(value), `${method} ${path}: ${ajv.errorsText(validate.errors)}`)
}

describe('the API', { skip: missing }, () => {
  const used = useProgram()

  // Asks, checks the reply against the contract, and returns its value.
  const ask = async (method, path, body, status = 200, headers = {}) => {
    const { reply, value } = await used.program.ask(method, path, body, headers)
    assert.equal(reply.status, status, `${method} ${path}: ${JSON.stringify(value)}`)
    checkReply(method, path, reply.status, reply.headers.get('content-type') ?? '', value)
    return value === undefined ? reply : value
  }
  const finish = async (request) => {
    await ask('POST', '/api/job', request, 202)
    const job = await used.program.jobAtRest()
    checkReply('GET', '/api/job', 200, 'application/json', job)
    assert.equal(job.state, 'done', JSON.stringify(job.error))
    return job
  }

  test('starts with nothing', async () => {
    const state = await ask('GET', '/api/state')
    assert.equal(state.photos, 0)
    assert.equal(state.model_problem, null)
    assert.equal(await ask('GET', '/api/job'), null)
    assert.deepEqual(await ask('GET', '/api/people'), [])
    await ask('DELETE', '/api/job', undefined, 404)
    await ask('POST', '/api/job/pause', undefined, 404)
    await ask('POST', '/api/job/resume', undefined, 404)
  })

  test('recognises without filing, then files only for who has a folder', async () => {
    const recognized = await finish({ kind: 'recognize' })
    assert.equal(recognized.result.photos, 11)
    assert.equal(recognized.result.people.length, 8)
    assert.equal(recognized.result.photos_filed, 0)

    const plan = await ask('GET', '/api/plan')
    assert.equal(plan.operations.length, 0)
    assert.equal(plan.people_without_folder.length, 8)
    const folders = await ask('GET', '/api/peoples-folders')
    assert.ok(folders.every((folder) => folder.missing !== null))
    const nothing = await finish({ kind: 'file' })
    assert.equal(nothing.result.photos_filed, 0)
    assert.equal(nothing.result.people_without_folder.length, 8)

    await finish({ kind: 'folders', people: ['Daniel'] })
    const filed = await finish({ kind: 'file' })
    assert.equal(filed.result.photos_filed, 2)
    assert.deepEqual(readdirSync(join(used.home.pictures, 'People')), ['Daniel'])
    assert.equal(readdirSync(join(used.home.pictures, 'People/Daniel')).length, 2)
  })

  test('packs, sends packs in ranges, verifies and takes back', async () => {
    await finish({ kind: 'pack' })
    const [pack] = await ask('GET', '/api/packs')
    assert.deepEqual([pack.person, pack.current], ['Daniel', true])
    const path = '/api/packs/Daniel/file'
    const whole = new Uint8Array(await (await ask('GET', path)).arrayBuffer())
    assert.equal(whole.length, pack.bytes)
    const part = await ask('GET', path, undefined, 206, { Range: 'bytes=10-19' })
    assert.deepEqual(new Uint8Array(await part.arrayBuffer()), whole.slice(10, 20))
    const beyond = await used.program.ask('GET', path, undefined, { Range: `bytes=${whole.length}-` })
    assert.equal(beyond.status, 416)
    assert.equal((await ask('POST', '/api/packs/Daniel/verify')).sound, true)
    await ask('GET', '/api/packs/Nobody/file', undefined, 404)

    const runs = await ask('GET', '/api/runs')
    assert.ok(runs.length >= 3)
    for (const run of runs) await finish({ kind: 'undo', run: run.id })
    assert.deepEqual(readdirSync(used.home.pictures).sort(), ['Inbox', 'Known'])
  })

  test('shows photos, faces and distances', async () => {
    const { total, photos } = await ask('GET', '/api/photos?limit=5&offset=2')
    assert.equal(total, 11)
    assert.equal(photos.length, 5)
    const people = await ask('GET', '/api/people')
    const daniel = people.find((person) => person.name === 'Daniel')
    assert.equal((await ask('GET', `/api/photos?person=${daniel.id}`)).total, 2)
    assert.ok((await ask('GET', '/api/photos?show=unknown')).total > 0)
    assert.equal((await ask('GET', '/api/photos?show=nobody&sort=added')).total, 0)
    const photo = await ask('GET', `/api/photos/${daniel.cover.photo}`)
    assert.match(photo.sha256, /^[0-9a-f]{64}$/)
    const { faces } = await ask('GET', '/api/faces?show=unknown')
    const distances = await ask('GET', `/api/faces/${faces[0].id}/distances`)
    assert.equal(distances.people.length, 8)
    assert.deepEqual(
      distances.people.map((one) => one.distance),
      distances.people.map((one) => one.distance).sort((a, b) => a - b),
    )
    for (const path of [`/api/photos/${photo.id}/picture?size=200`, `/api/photos/${photo.id}/faces/${photo.faces[0].id}/picture`]) {
      const picture = await ask('GET', path)
      const bytes = Buffer.from(await picture.arrayBuffer())
      assert.equal(bytes.subarray(8, 12).toString(), 'WEBP')
      const again = await used.program.ask('GET', path, undefined, { 'If-None-Match': picture.headers.get('etag') })
      assert.equal(again.status, 304)
    }
    for (const path of ['/api/photos/999', '/api/photos/x', '/api/photos/999/picture', `/api/photos/${photo.id}/faces/999/picture`, '/api/faces/999/distances', '/api/people/999']) {
      await ask('GET', path, undefined, 404)
    }
    for (const path of ['/api/photos?limit=-1', '/api/photos?show=everything', '/api/faces?show=x', '/api/photos?person=a']) {
      await ask('GET', path, undefined, 400)
    }
  })

  test('tells what another threshold would do', async () => {
    const strict = await ask('GET', '/api/threshold?value=0')
    // One of them is a reference, too: the user's word on who it is needs no threshold.
    assert.deepEqual([strict.named, strict.lost], [1, 10])
    const loose = await ask('GET', '/api/threshold?value=2')
    assert.deepEqual([loose.unknown, loose.gained], [0, 11])
    await ask('GET', '/api/threshold?value=3', undefined, 400)
  })

  test('recognises a photo that is sent, or lies on the machine', async () => {
    const inbox = join(used.home.pictures, 'Inbox')
    const path = join(inbox, readdirSync(inbox)[0])
    const sent = await ask('POST', '/api/recognize', readFileSync(path), 200, { 'Content-Type': 'image/jpeg' })
    const found = await ask('POST', '/api/recognize', { path })
    assert.deepEqual(sent, found)
    assert.ok(sent.faces.length > 0)
    assert.equal(sent.faces[0].distances.length, 8)
    await ask('POST', '/api/recognize', { path: join(inbox, 'missing.jpg') }, 404)
    await ask('POST', '/api/recognize', new Uint8Array([1, 2, 3]), 415, { 'Content-Type': 'image/jpeg' })
    await ask('POST', '/api/recognize', new Uint8Array([1, 2, 3]), 400, { 'Content-Type': 'text/plain' })
  })

  test('adds, renames, merges and removes people', async () => {
    const eva = await ask('POST', '/api/people', { name: 'Eva' }, 201)
    await ask('POST', '/api/people', { name: 'eva' }, 409)
    await ask('POST', '/api/people', { name: ' ' }, 400)
    await ask('POST', '/api/people', {}, 400)
    assert.equal((await ask('PATCH', `/api/people/${eva.id}`, { name: 'Eve' })).name, 'Eve')
    const { faces } = await ask('GET', '/api/faces')
    await ask('POST', '/api/decisions', { faces: [faces[0].id], decision: 'confirmed', person: eva.id }, 201)
    assert.equal((await ask('GET', `/api/people/${eva.id}`)).references.length, 1)
    const known = join(used.home.pictures, 'Known')
    const addPhoto = (photo, status) =>
      ask('POST', `/api/people/${eva.id}/photos?name=..%2F..%2Feve.jpg`, photo, status, { 'Content-Type': 'image/jpeg' })
    await addPhoto(new Uint8Array([255, 216]), 415)
    assert.deepEqual(existsSync(join(known, 'Eve')) ? readdirSync(join(known, 'Eve')) : [], [], 'what is no photo is not kept')
    // The folder of that name is somebody else's: the photo is hers all the same.
    mkdirSync(join(known, 'Eve'), { recursive: true })
    writeFileSync(join(known, 'Eve/note.txt'), 'of another Eve')
    const portrait = join(data, 'lfw/images/Aaron_Patterson/Aaron_Patterson_0001.jpg')
    const photo = await addPhoto(readFileSync(portrait), 201)
    assert.ok(photo.path.startsWith(join(known, 'Eve (2)/')), photo.path)
    assert.equal((await ask('GET', `/api/people/${eva.id}`)).references.length, 2)
    rmSync(join(known, 'Eve'), { recursive: true })
    rmSync(join(known, 'Eve (2)'), { recursive: true })
    const max = await ask('POST', '/api/people', { name: 'Max' }, 201)
    assert.equal((await ask('POST', `/api/people/${eva.id}/merge`, { into: max.id })).references.length, 2)
    await ask('GET', `/api/people/${eva.id}`, undefined, 404)
    await ask('POST', `/api/people/${max.id}/merge`, { into: max.id }, 400)
    await ask('DELETE', `/api/references/${faces[0].id}`, undefined, 204)
    await ask('DELETE', `/api/references/${faces[0].id}`, undefined, 404)
    assert.equal((await ask('GET', `/api/people/${max.id}`)).references.length, 1)
    await ask('DELETE', `/api/people/${max.id}`, undefined, 204)
    await ask('DELETE', `/api/people/${max.id}`, undefined, 404)

    const kept = () => {
      const folder = join(used.home.home, '.local/share/kinfolder/pictures')
      return existsSync(folder) ? readdirSync(folder).flatMap((name) => readdirSync(join(folder, name))) : []
    }
    assert.ok(kept().length > 0)
    const una = await ask('POST', '/api/people', { name: 'Una' }, 201)
    await ask('POST', '/api/decisions', { faces: [faces[0].id], decision: 'confirmed', person: una.id }, 201)
    assert.deepEqual((await ask('GET', `/api/faces?person=${una.id}`)).faces.map((face) => face.id), [faces[0].id])
    assert.deepEqual(await ask('POST', `/api/people/${una.id}/forget`), { person: 'Una', faces: 1, facts: 2, left: [] })
    await ask('POST', `/api/people/${una.id}/forget`, undefined, 404)
    assert.ok((await ask('GET', '/api/faces')).faces.every((face) => face.id !== faces[0].id))
    assert.deepEqual(kept(), [], 'no picture is left')
    const { photo: where, id } = faces[0]
    await ask('GET', `/api/photos/${where}/faces/${id}/picture`)
    const others = (await ask('GET', `/api/photos/${where}`)).faces.filter((face) => face.id !== id)
    assert.equal(kept().length, others.length, 'nor kept again of who is forgotten')
  })

  test('takes a face that was missed', async () => {
    const [daniel] = (await ask('GET', '/api/people')).filter((person) => person.name === 'Daniel')
    const [{ id }] = (await ask('GET', `/api/photos?person=${daniel.id}`)).photos
    const { faces } = await ask('GET', `/api/photos/${id}`)
    const draw = (box, status = 201, photo = id) => ask('POST', `/api/photos/${photo}/faces`, { box, person: daniel.id }, status)
    const box = [0.02, 0.02, 0.1, 0.12] // there is none
    const { face, fact } = await draw(box)
    assert.ok(faces.every((one) => one.id !== face))
    const named = (await ask('GET', `/api/photos/${id}`)).faces.find((one) => one.id === face)
    assert.equal(named.person, daniel.id)
    assert.equal(named.decision, 'confirmed')
    assert.equal((await draw(box)).face, face, 'once')
    assert.equal((await draw(faces[0].box)).face, faces[0].id, 'a face that was found is no second one')
    await ask('POST', '/api/job', { kind: 'recognize' }, 202)
    assert.equal((await used.program.jobAtRest()).state, 'done')
    assert.ok((await ask('GET', `/api/photos/${id}`)).faces.some((one) => one.id === face && one.person === daniel.id))
    for (const wrong of [[2, 2, 3, 3], [0.5, 0.5, 0.4, 0.6], [0, 0, 1], [0, 0, 1, 'x'], [-1e9, 0, 1e9, 1]]) await draw(wrong, 400)
    await draw(box, 404, 9999)
    await ask('POST', `/api/photos/${id}/faces`, { box, person: 9999 }, 404)
    await ask('POST', '/api/facts/undo', { facts: [fact] }, 201)
    await ask('POST', '/api/decisions', { faces: [face], decision: 'not-a-face' }, 201)
  })

  test("takes the user's word on faces, and takes it back", async () => {
    const unknown = async () => (await ask('GET', '/api/faces')).faces.map((face) => face.id)
    const [first, second, ...rest] = await unknown()
    const dan = (await ask('GET', '/api/people')).find((person) => person.name === 'Daniel')
    const decide = (faces, decision, person, status = 201) => ask('POST', '/api/decisions', { faces, decision, person }, status)
    const { facts } = await decide([first], 'confirmed', dan.id)
    const [fact] = facts
    assert.deepEqual(await decide([first], 'confirmed', dan.id), { facts })
    await decide([second], 'later')
    assert.deepEqual(await unknown(), rest)
    assert.deepEqual((await ask('GET', '/api/faces?show=later')).faces.map((face) => face.decision), ['later'])
    await decide([rest[0]], 'rejected', dan.id)
    const { people } = await ask('GET', `/api/faces/${rest[0]}/distances`)
    assert.ok(people.every((distance) => distance.person !== dan.id))

    await ask('POST', '/api/facts/undo', { facts: [fact] }, 201)
    await ask('POST', '/api/facts/undo', { facts: [fact] }, 400)
    assert.deepEqual(await unknown(), [first, ...rest])
    const history = await ask('GET', '/api/facts')
    assert.equal(history[0].text, `number ${fact} is taken back`)
    assert.ok(history.find((past) => past.number === fact).undone)

    await decide([first], 'confirmed', undefined, 400)
    await decide([first], 'friend', undefined, 400)
    await decide([], 'stranger', undefined, 400)
    await decide([first, 999], 'stranger', undefined, 404)
    assert.deepEqual(await unknown(), [first, ...rest], 'all or none')
    await ask('POST', '/api/facts/undo', { facts: [facts[0] - 1, 999] }, 404)
  })

  test('changes settings and says what is wrong with them', async () => {
    const before = await ask('GET', '/api/settings')
    assert.ok(before.some((setting) => setting.name === 'photos' && setting.source === 'default'))
    const wrong = await ask('PUT', '/api/settings/photos', { value: '/no/such/folder' }, 404)
    assert.equal(wrong.error.message, 'there is no folder /no/such/folder')
    const file = join(used.home.home, 'models/mtcnn/manifest.json')
    assert.match((await ask('PUT', '/api/settings/photos', { value: file }, 400)).error.message, /is a file, not a folder/)
    await ask('PUT', '/api/settings/threshold', { value: 'tall' }, 400)
    await ask('PUT', '/api/settings/colour', { value: 'red' }, 404)
    const made = await ask('POST', '/api/folders', { parent: used.home.home, name: 'Other photos' }, 201)
    const changed = await ask('PUT', '/api/settings/photos', { value: made.path })
    assert.deepEqual([changed.value, changed.source], [made.path, 'file'])
    assert.equal((await ask('PUT', '/api/settings/photos', { value: '' })).source, 'default')
  })

  test('shows folders to choose from, and no others', async () => {
    const folder = await ask('GET', '/api/folders')
    assert.equal(folder.path, used.home.home)
    for (const path of ['/etc', '/', `${used.home.home}/..`, `${used.home.home}/../../etc`]) {
      await ask('GET', `/api/folders?path=${encodeURIComponent(path)}`, undefined, 403)
    }
    await ask('GET', '/api/folders?path=relative', undefined, 400)
    await ask('POST', '/api/folders', { parent: '/etc', name: 'x' }, 403)
    await ask('POST', '/api/folders', { parent: used.home.home, name: '../x' }, 400)
  })

  test('a job can be followed, paused, resumed and dismissed', async () => {
    const events = await fetch(`${used.program.origin}/api/job/events`, { headers: { Authorization: `Bearer ${used.program.key}` } })
    checkReply('GET', '/api/job/events', 200, events.headers.get('content-type'))
    const reader = events.body.pipeThrough(new TextDecoderStream()).getReader()
    await ask('DELETE', '/api/job', undefined, 204)
    await ask('POST', '/api/job', { kind: 'dance' }, 400)
    await ask('POST', '/api/job', { kind: 'recognize', paths: ['/no/such/photo.jpg'] }, 202)
    const failed = await used.program.jobAtRest()
    assert.equal(failed.state, 'failed')
    assert.match(failed.error.message, /\/no\/such\/photo\.jpg/)
    let text = ''
    while (!text.includes('"state":"failed"')) text += (await reader.read()).value
    for (const line of text.split('\n\n').filter((part) => part.startsWith('data: '))) {
      checkReply('GET', '/api/job', 200, 'application/json', JSON.parse(line.slice(6)))
    }
    await reader.cancel()

    await ask('POST', '/api/job', { kind: 'run' }, 202)
    await ask('POST', '/api/job', { kind: 'run' }, 423)
    const { faces } = await ask('GET', '/api/faces')
    const { facts } = await ask('POST', '/api/decisions', { faces: [faces[0].id], decision: 'later' }, 201)
    await ask('POST', '/api/facts/undo', { facts }, 201)
    const pausing = await used.program.ask('POST', '/api/job/pause')
    const paused = await used.program.jobAtRest()
    if (pausing.status === 202 && paused.state === 'paused') {
      checkReply('POST', '/api/job/pause', 202, 'application/json', pausing.value)
      await ask('POST', '/api/job/resume', undefined, 202)
    }
    assert.equal((await used.program.jobAtRest()).state, 'done')
  })

  test('on this machine alone nobody logs in, and quitting ends the program', async () => {
    await ask('POST', '/api/login', { password: 'correct horse' }, 404)
    await ask('POST', '/api/logout', undefined, 204)
    await ask('POST', '/api/quit', undefined, 403, { Origin: 'http://evil.example' })
    await ask('GET', '/api/state')
    await ask('POST', '/api/quit', undefined, 204)
    assert.deepEqual(await used.program.ended, { code: 0, signal: null })
  })

  test('every operation of the contract was asked', () => {
    const all = Object.entries(contract.paths).flatMap(([pattern, item]) =>
      Object.keys(item)
        .filter((method) => method !== 'parameters')
        .map((method) => `${method.toUpperCase()} ${pattern}`),
    )
    assert.deepEqual(
      all.filter((operation) => !seen.has(operation)),
      [],
    )
  })
})

describe('hostile clients', { skip: missing }, () => {
  const used = useProgram()

  // Sends bytes as they are and returns the first line of what comes back.
  const raw = (text) =>
    new Promise((done, fail) => {
      const socket = connect(Number(new URL(used.program.origin).port), '127.0.0.1', () => socket.write(text))
      let got = ''
      socket.on('data', (more) => {
        got += more
        if (got.includes('\r\n')) socket.destroy()
      })
      socket.on('close', () => done(got.split('\r\n')[0]))
      socket.on('error', (error) => (error.code === 'ECONNRESET' || error.code === 'EPIPE' ? done('reset') : fail(error)))
      socket.setTimeout(10000, () => fail(new Error('no reply')))
    })
  const request = (path, headers = '', method = 'GET', body = '') =>
    raw(`${method} ${path} HTTP/1.1\r\nHost: ${new URL(used.program.origin).host}\r\n${headers}\r\n${body}`)
  const alive = async () => assert.equal((await used.program.ask('GET', '/api/state')).status, 200)

  test('without the key nothing is told', async () => {
    for (const path of ['/api/state', '/api/people', '/api/packs/Daniel/file', '/api/nothing']) {
      assert.match(await request(path), / 401 /)
    }
    assert.match(await request('/?key=0000'), / 403 /)
  })

  test('a foreign host, and pages of other sites, are refused', async () => {
    assert.match(await raw('GET /api/state HTTP/1.1\r\nHost: evil.example\r\n\r\n'), / 421 /)
    assert.match(await raw('GET / HTTP/1.0\r\n\r\n'), / (400|421) /)
    const key = `Authorization: Bearer ${used.program.key}\r\n`
    const post = `${key}Content-Type: application/json\r\nContent-Length: 14\r\n`
    assert.match(await request('/api/job', `${post}Origin: http://evil.example\r\n`, 'POST', '{"kind":"run"}'), / 403 /)
    assert.match(await request('/api/job', `${post}Sec-Fetch-Site: cross-site\r\n`, 'POST', '{"kind":"run"}'), / 403 /)
    const form = `${key}Content-Type: text/plain\r\nContent-Length: 14\r\n`
    assert.match(await request('/api/job', form, 'POST', '{"kind":"run"}'), / 400 /)
    assert.equal((await used.program.ask('GET', '/api/job')).value, null)
  })

  test('paths lead nowhere else', async () => {
    for (const path of ['/../../../etc/passwd', '/%2e%2e/%2e%2e/etc/passwd', '/assets/..%2f..%2fetc%2fpasswd.txt', '//etc/passwd.txt']) {
      const line = await request(path)
      assert.match(line, / (404|200|400) /)
      if (/ 200 /.test(line)) {
        const page = await fetch(used.program.origin + '/people')
        assert.match(await page.text(), /<title>Kinfolder<\/title>/)
      }
    }
    for (const name of ['..%2F..%2Fetc%2Fpasswd', '%00', '..']) {
      const { status } = await used.program.ask('GET', `/api/packs/${name}/file`)
      assert.equal(status, 404)
    }
  })

  test('what is too large or no HTTP is refused, and the server lives', async () => {
    assert.match(await request('/', `X: ${'x'.repeat(100000)}\r\n`), / (400|413|431) |reset/)
    assert.match(await request(`/${'x'.repeat(100000)}`), / (400|414|431) |reset/)
    assert.match(await raw('\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n'), / 400 |^$|reset/)
    const key = `Authorization: Bearer ${used.program.key}\r\nContent-Type: application/json\r\n`
    for (const body of ['{', '[]', '"x"', '{"kind":{"a":[[[[[]]]]]}}', `{"kind":"${'\\u0000'.repeat(100)}"}`, '['.repeat(10000)]) {
      assert.match(await request('/api/job', `${key}Content-Length: ${body.length}\r\n`, 'POST', body), / 400 /)
    }
    await alive()
  })

  test('many slow and silent connections hold up nobody', async () => {
    const sockets = Array.from({ length: 200 }, () => {
      const socket = connect(Number(new URL(used.program.origin).port), '127.0.0.1')
      socket.on('error', () => {})
      socket.write('GET /api/state HTTP/1.1\r\nHost: ')
      return socket
    })
    const began = Date.now()
    for (let i = 0; i < 20; ++i) await alive()
    assert.ok(Date.now() - began < 10000)
    sockets.forEach((socket) => socket.destroy())
    await alive()
  })

  test('ten thousand connections come and go', async () => {
    for (let round = 0; round < 50; ++round) {
      await Promise.all(
        Array.from(
          { length: 200 },
          () =>
            new Promise((done) => {
              const socket = connect(Number(new URL(used.program.origin).port), '127.0.0.1', () => socket.destroy())
              socket.on('close', done)
              socket.on('error', done)
            }),
        ),
      )
    }
    await alive()
  })
})

test('a second start finds the first, and a restart goes on with the job', { skip: missing }, async () => {
  const home = makeHome()
  let program = await startProgram(home)
  assert.match(program.run('serve'), /is open already: http:/)
  await program.ask('POST', '/api/job', { kind: 'run' })
  await program.stop('SIGKILL')
  const key = program.key
  program = await startProgram(home)
  assert.equal(program.key, key, 'an open window stays let in')
  const job = await program.jobAtRest()
  assert.equal(job?.state, 'done')
  assert.equal(job.result.photos, 11)
  await program.stop()
  home.remove()
})
