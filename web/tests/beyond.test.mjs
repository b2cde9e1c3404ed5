// The window from other machines: TLS, the password, sessions, and those who have neither.
import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { request } from 'node:https'
import { connect as connectPlain } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { connect } from 'node:tls'
import { makeHome, missing, password, startProgram } from './program.mjs'

describe('from other machines', { skip: missing }, () => {
  let home
  let program
  let certificate
  const start = async () => {
    program = await startProgram(home, '0.0.0.0')
    certificate = readFileSync(join(home.home, '.local/share/kinfolder/certificate.pem'))
  }
  before(async () => {
    home = makeHome()
    await start()
  })
  after(async () => {
    assert.deepEqual(await program.stop(), { code: 0, signal: null })
    home.remove()
  })

  const port = () => Number(new URL(program.origin).port)
  // Asks over TLS, and believes Kinfolder's certificate alone.
  const ask = (method, path, { body, headers = {} } = {}) =>
    new Promise((done, fail) => {
      const text = body === undefined ? undefined : JSON.stringify(body)
      const asking = request(
        { host: '127.0.0.1', port: port(), method, path, ca: certificate, servername: 'localhost', agent: false, headers: { ...(text && { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) }), ...headers } },
        (reply) => {
          let got = ''
          reply.on('data', (more) => (got += more))
          reply.on('end', () => {
            const isJson = reply.headers['content-type']?.startsWith('application/json')
            done({ status: reply.statusCode, headers: reply.headers, value: isJson ? JSON.parse(got) : got })
          })
        },
      )
      asking.on('error', fail)
      asking.end(text)
    })
  const logIn = (word, options = {}) => ask('POST', '/api/login', { body: { password: word }, ...options })
  const cookieOf = (reply) => reply.headers['set-cookie'][0].split(';')[0]

  test('the certificate is kept, speaks of this machine, and its fingerprint is told', async () => {
    const made = new X509Certificate(certificate)
    for (const name of ['localhost', '127.0.0.1']) assert.match(made.subjectAltName, new RegExp(name.replaceAll('.', '\\.')))
    assert.ok(program.printed().includes(made.fingerprint256))
    assert.equal(statSync(join(home.home, '.local/share/kinfolder/certificate.pem')).mode & 0o777, 0o600)
    const { key } = program
    assert.deepEqual(await program.stop(), { code: 0, signal: null })
    await start()
    assert.equal(new X509Certificate(certificate).fingerprint256, made.fingerprint256)
    assert.equal(program.key, key)
  })

  test('the page is there for all, what it shows only for who logged in', async () => {
    assert.match((await ask('GET', '/')).value, /<title>Kinfolder<\/title>/)
    const refused = await ask('GET', '/api/state')
    assert.equal(refused.status, 401)
    assert.equal(refused.value.error.code, 'log-in')
    assert.equal((await ask('POST', '/api/job', { body: { kind: 'run' } })).status, 401)

    const let_in = await logIn(password)
    assert.equal(let_in.status, 204)
    assert.match(let_in.headers['set-cookie'][0], /; HttpOnly; SameSite=Strict; Max-Age=\d+; Secure$/)
    const headers = { Cookie: cookieOf(let_in) }
    assert.equal((await ask('GET', '/api/state', { headers })).value.photos, 0)
    assert.equal((await ask('POST', '/api/logout', { headers })).status, 204)
    assert.equal((await ask('GET', '/api/state', { headers })).status, 401)
    assert.equal((await ask('GET', '/api/state', { headers: { Authorization: `Bearer ${program.key}` } })).status, 200)
  })

  test('a new password ends what the old one began, without a restart', async () => {
    const headers = { Cookie: cookieOf(await logIn(password)) }
    assert.equal((await ask('GET', '/api/state', { headers })).status, 200)
    program.run('password', 'remove')
    assert.equal((await ask('GET', '/api/state', { headers })).status, 401)
    assert.equal((await logIn(password)).status, 401)
    program.runWith(password, 'password', 'set')
    assert.equal((await logIn(password)).status, 204)
  })

  test('foreign names and pages of other sites are refused', async () => {
    assert.equal((await ask('GET', '/', { headers: { Host: 'evil.example' } })).status, 421)
    assert.equal((await logIn(password, { headers: { Origin: 'https://evil.example' } })).status, 403)
    assert.equal((await logIn(password, { headers: { Origin: `https://127.0.0.1:${port()}` } })).status, 204)
  })

  test('who is not let in cannot make the program hold much', async () => {
    assert.equal((await ask('POST', '/api/login', { body: { password: 'x'.repeat(100000) } })).status, 413)
    assert.equal((await ask('POST', '/api/recognize', { body: { path: 'x'.repeat(100000) } })).status, 413)
    const headers = { Authorization: `Bearer ${program.key}` }
    assert.equal((await ask('POST', '/api/recognize', { body: { path: 'x'.repeat(100000) }, headers })).status, 400)
  })

  test('wrong passwords are limited, and many at once hold up nobody', async () => {
    const tries = await Promise.all(Array.from({ length: 40 }, () => logIn('wrong password')))
    const refused = tries.filter((reply) => reply.status === 429)
    assert.ok(refused.length >= 35, `${refused.length} of 40 were refused unseen`)
    assert.ok(tries.every((reply) => reply.status === 401 || reply.status === 429))
    assert.match(refused[0].headers['retry-after'], /^\d+$/)
    assert.equal((await logIn(password)).status, 429, 'even the right one')
    assert.equal((await ask('GET', '/api/state', { headers: { Authorization: `Bearer ${program.key}` } })).status, 200, 'the key still lets in')
  })

  test('what is no TLS, or an old one, is refused, and one machine takes not all connections', async () => {
    await assert.rejects(
      new Promise((done, fail) => httpRequest({ host: '127.0.0.1', port: port() }, done).on('error', fail).end()),
    )
    const old = { host: '127.0.0.1', port: port(), ca: certificate, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }
    await assert.rejects(new Promise((done, fail) => connect(old, done).on('error', fail)))
    const from = { host: '127.0.0.1', port: port(), localAddress: '127.0.0.9' }
    const silent = Array.from({ length: 300 }, () => connectPlain(from).on('error', () => {}))
    const noise = Array.from({ length: 50 }, (_, i) => connectPlain({ ...from, localAddress: '127.0.0.8' }, function () {
      this.write(Buffer.from(Array.from({ length: 300 }, (__, j) => (i * 31 + j * 7) % 256)))
    }).on('error', () => {}))
    const headers = { Authorization: `Bearer ${program.key}` }
    for (let i = 0; i < 20; ++i) assert.equal((await ask('GET', '/api/state', { headers })).status, 200)
    for (const socket of [...silent, ...noise]) socket.destroy()
  })
})
