// The window in a real browser: the whole story from an empty home, each feature, and accessibility of every page.
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, afterEach, before, describe, test } from 'node:test'
import { AxeBuilder } from '@axe-core/playwright'
import { chromium } from 'playwright-core'
import { makeHome, missing, password, startProgram } from './program.mjs'

const browserPath = process.env.KINFOLDER_BROWSER ?? '/usr/bin/chromium'
const skip = missing || (!existsSync(browserPath) && `needs a browser: ${browserPath} (KINFOLDER_BROWSER)`)
const quiet = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']

describe('the window', { skip }, () => {
  let home
  let program
  let browser
  let page
  const wrong = [] // what the browser's console complains of
  before(async () => {
    home = makeHome()
    program = await startProgram(home)
    browser = await chromium.launch({ executablePath: browserPath, args: quiet })
    page = await (await browser.newContext({ locale: 'en-GB', acceptDownloads: true })).newPage()
    page.setDefaultTimeout(20000)
    page.on('pageerror', (error) => wrong.push(error.message))
    page.on('console', (message) => {
      // What the program refuses is told in the window; the browser says so, too.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) wrong.push(message.text())
    })
    await page.goto(program.address)
  })
  after(async () => {
    await browser.close()
    await program.stop()
    home.remove()
    assert.deepEqual(wrong, [])
  })

  const go = (name) => page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name }).click()
  const button = (name, within = page) => within.getByRole('button', { name, exact: true })
  const jobDone = async () => {
    await page.getByRole('heading', { name: /: Done$/ }).waitFor()
    assert.equal((await program.jobAtRest()).state, 'done')
  }

  test('a browser without the key is told how to get in', async () => {
    const stranger = await (await browser.newContext({ locale: 'en-GB' })).newPage()
    await stranger.goto(program.origin)
    await stranger.getByRole('alert').filter({ hasText: 'This browser was not let in yet' }).waitFor()
    await stranger.context().close()
  })

  test('a wrong path is told at the bottom of the window, at once', async () => {
    const field = page.getByLabel('Photos to look through', { exact: true })
    await field.fill('/no/such/folder')
    await field.press('Tab')
    const alert = page.getByRole('alert')
    await alert.filter({ hasText: 'There is no folder /no/such/folder.' }).waitFor()
    const { y, height } = await page.locator('footer').boundingBox()
    assert.equal(Math.round(y + height), page.viewportSize().height, 'at the bottom')
    await field.fill(join(home.pictures, 'Inbox'))
    await field.press('Enter')
  })

  test('a folder is chosen by clicking through folders', async () => {
    await button('Choose… Where the archives go').click()
    const dialog = page.getByRole('dialog')
    await dialog.getByPlaceholder('Name of the new folder').fill('To hand over')
    await button('Make', dialog).click()
    await dialog.getByText(/To hand over$/).first().waitFor()
    await button('Take this folder', dialog).click()
    await page.getByRole('status').filter({ hasText: 'Where the archives go: changed.' }).waitFor()
    assert.match(await page.getByLabel('Where the archives go', { exact: true }).inputValue(), /To hand over$/)
  })

  test('one click recognises; without folders nothing is filed, and it says for whom', async () => {
    await page.getByText('Make a folder for everybody who is found').click()
    await button('Sort my photos').click()
    await jobDone()
    await page.getByText(/Nothing was filed for .*Daniel.*: there is no folder/).waitFor()
    assert.equal(await page.getByRole('row').count(), 9, 'a heading and eight people')
    assert.ok(!existsSync(join(home.pictures, 'People/Daniel')))
  })

  test('folders are made, the plan is shown, photos are filed', async () => {
    await go('Folders')
    await page.getByText('no folder yet').first().waitFor()
    await button('Make the folders that are missing').click()
    await jobDone()
    assert.equal(readdirSync(join(home.pictures, 'People')).length, 8)
    await page.getByText(/^Daniel: 2 photos/).click()
    await page.getByText(/Inbox.* → .*People\/Daniel/).first().waitFor()
    await button('File the photos').click()
    await page.getByText('11 photos filed, 0 folders made, 0 packs written.').waitFor()
    assert.equal(readdirSync(join(home.pictures, 'People/Daniel')).length, 2)
  })

  test('packs are written, verified and downloaded', async () => {
    await go('Packs')
    await page.getByText('not written yet').first().waitFor()
    await button('Write what is missing or old').first().click()
    await page.getByText('up to date').nth(7).waitFor()
    await button('Verify: Daniel').click()
    await page.getByRole('status').filter({ hasText: 'Daniel: 2 photos, all sound.' }).waitFor()
    const download = page.waitForEvent('download')
    await page.getByRole('link', { name: 'Download: Mr Han' }).click()
    const file = await download
    assert.equal(file.suggestedFilename(), 'Mr Han.zip')
    assert.deepEqual(readFileSync(await file.path()), readFileSync(join(home.home, 'To hand over/Mr Han.zip')))
  })

  test('a photo shows who is on it and how far everybody is', async () => {
    await go('Photos')
    await page.getByText('11 photos').waitFor()
    await page.getByRole('link', { name: /Mrs Han and Mr Han/ }).click()
    await page.getByRole('heading', { name: 'Distance to everybody known' }).waitFor()
    const first = page.locator('.distances li').first()
    assert.match(await first.innerText(), /Han/)
    assert.equal(await page.locator('.distances li').count(), 8)
    await button('Larger').click()
    await page.getByText('Show boxes').click()
    assert.equal(await page.locator('.stage .box').count(), 0)
  })

  test('a missed face is drawn with the mouse or placed with the keys, and named', async () => {
    const named = async (name) => (await program.ask('GET', '/api/people')).value.find((person) => person.name === name)
    const boxes = page.locator('.stage button.box')
    await page.getByText('Show boxes').click()
    const before = await boxes.count()
    await button('Add a missed face').click()
    const area = await page.locator('.drawing').boundingBox()
    await page.mouse.move(area.x + 0.05 * area.width, area.y + 0.05 * area.height)
    await page.mouse.down()
    await page.mouse.move(area.x + 0.15 * area.width, area.y + 0.2 * area.height, { steps: 4 })
    await page.mouse.up()
    await page.locator('.box.drawn').waitFor()
    await page.getByLabel('This is…').fill('Somebody missed')
    await button('Set').click()
    await page.getByRole('status').filter({ hasText: 'This face is Somebody missed now.' }).waitFor()
    await boxes.nth(before).waitFor()
    await button('Add a missed face').click()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Shift+ArrowLeft')
    const [left, top, width, height] = await page.locator('.box.drawn').evaluate(({ style }) =>
      [style.left, style.top, style.width, style.height].map((edge) => Math.round(parseFloat(edge))),
    )
    assert.deepEqual([left, top, width, height], [40, 36, 19, 30])
    await button('Add a missed face').click()
    assert.equal(await page.locator('.drawing').count(), 0)
    const missed = await named('Somebody missed')
    const faces = missed.references.map((reference) => reference.face)
    assert.equal(faces.length, 1)
    await program.ask('POST', '/api/decisions', { faces, decision: 'not-a-face' })
    await program.ask('DELETE', `/api/people/${missed.id}`)
  })

  test('unknown faces are chosen together and named at once', async () => {
    await go('Review')
    const faces = page.locator('.pick')
    await faces.nth(10).waitFor()
    await faces.nth(0).click()
    await faces.nth(1).click({ modifiers: ['Shift'] })
    await page.getByText('2 faces chosen').waitFor()
    await page.getByLabel('This is…').fill('Nora')
    await button('Set').click()
    await page.getByRole('status').filter({ hasText: '2 faces are Nora now.' }).waitFor()
    assert.equal(await faces.count(), 11, 'nothing moves until it is asked for')
    const { value } = await program.ask('GET', '/api/people')
    assert.equal(value.find((person) => person.name === 'Nora').references.length, 2)
    await button('Show what is left').click()
    await faces.nth(9).waitFor({ state: 'detached' })
    assert.equal(await faces.count(), 9)
  })

  test('faces are reviewed by keyboard alone, and every word is taken back', async () => {
    const faces = page.locator('.pick')
    await faces.first().focus()
    await page.keyboard.press('s')
    await faces.nth(0).getByText('stranger').waitFor()
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Shift+Delete')
    await faces.nth(1).getByText('no face').waitFor()
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Delete')
    await faces.nth(2).getByText(/^not /).waitFor()
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Space')
    await page.keyboard.press('l')
    await faces.nth(3).getByText('later').waitFor()
    assert.equal((await program.ask('GET', '/api/faces')).value.total, 6, 'one of nine was only said not to be somebody')
    for (let i = 0; i < 4; ++i) {
      await page.keyboard.press('Control+z')
      await page.waitForTimeout(300)
    }
    assert.equal((await program.ask('GET', '/api/faces')).value.total, 9)
    await page.getByText('What was said').click()
    await page.getByText('number', { exact: false }).first().waitFor()
  })

  test('people are added with photos, renamed, merged and removed', async () => {
    await go('People')
    await button('Add a person').click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Name').fill('Twin of Daniel')
    const known = join(home.pictures, 'Known/Daniel')
    const chooser = page.waitForEvent('filechooser')
    await button('Add photos…', dialog).click()
    await (await chooser).setFiles(join(known, readdirSync(known)[0]))
    await button('Add', dialog).click()
    await page.getByRole('link', { name: /Twin of Daniel/ }).click()
    await program.jobAtRest()
    await button('Rename').click()
    await page.getByRole('dialog').getByLabel('Name').fill('Dan')
    await button('Save').click()
    await page.getByRole('heading', { name: 'Dan', exact: true }).waitFor()
    await button('Merge into…').click()
    await button('Daniel', page.getByRole('dialog')).click()
    await page.getByRole('heading', { name: 'Daniel', exact: true }).waitFor()
    await go('People')
    await page.getByRole('link', { name: /Nora/ }).click()
    await button('Remove').click()
    await button('Remove', page.getByRole('dialog')).click()
    await page.getByRole('heading', { name: 'People', exact: true }).waitFor()
    await page.getByRole('link', { name: /Nora/ }).waitFor({ state: 'detached' })
  })

  test('faces that look alike are a group, which is named at once', async () => {
    const { value } = await program.ask('GET', '/api/people')
    for (const name of ['Daniel', 'Mrs Han']) {
      await program.ask('DELETE', `/api/people/${value.find((person) => person.name === name).id}`)
    }
    await go('Review')
    const group = page.getByRole('region', { name: '2 faces that look alike' })
    await group.nth(1).waitFor()
    await group.first().locator('.pick').first().focus()
    await page.keyboard.press('ArrowDown')
    assert.ok(await group.nth(1).locator('.pick').first().evaluate((pick) => pick === document.activeElement))
    await page.keyboard.press('g')
    assert.equal(await page.locator('.pick[aria-pressed=true]').count(), 2)
    await button('Choose none').click()
    await button('Choose all of them', group.first()).click()
    await page.getByLabel('This is…').fill('Somebody seen twice')
    await button('Set').click()
    await page.getByRole('status').filter({ hasText: '2 faces are Somebody seen twice now.' }).waitFor()
    await button('Show what is left').click()
    await group.nth(1).waitFor({ state: 'detached' })
    assert.equal(await group.count(), 1)
  })

  test('some faces of a person are given to another, who is then forgotten', async () => {
    await go('People')
    await page.getByRole('link', { name: /Somebody seen twice/ }).click()
    await page.getByRole('link', { name: 'Look through the faces…' }).click()
    const faces = page.locator('.pick')
    await faces.nth(1).waitFor()
    assert.equal(await faces.count(), 2)
    await faces.nth(0).click()
    await page.getByLabel('This is…').fill('Somebody else')
    await button('Set').click()
    await page.getByRole('status').filter({ hasText: '1 face is Somebody else now.' }).waitFor()
    await button('Show what is left').click()
    await faces.nth(1).waitFor({ state: 'detached' })
    await go('People')
    await page.getByRole('link', { name: /Somebody else/ }).click()
    await button('Forget for good').click()
    await button('Forget for good', page.getByRole('dialog')).click()
    await page.getByRole('status').filter({ hasText: 'Somebody else is forgotten.' }).waitFor()
    await page.getByRole('link', { name: /Somebody else/ }).waitFor({ state: 'detached' })
    const facts = (await program.ask('GET', '/api/facts')).value.map((fact) => fact.text)
    assert.ok(facts.every((text) => !text.includes('Somebody else')), facts.join('\n'))
  })

  test('single photos are opened, and nothing of them is kept', async () => {
    await go('Home')
    const before = (await program.ask('GET', '/api/state')).value.photos
    const inbox = join(home.pictures, 'Inbox')
    const chooser = page.waitForEvent('filechooser')
    await button('Open photos…').click()
    await (await chooser).setFiles(join(inbox, readdirSync(inbox)[0]))
    await page.locator('.singles li').first().waitFor()
    assert.equal((await program.ask('GET', '/api/state')).value.photos, before)
    await button('Choose photos on this machine…').click()
    const dialog = page.getByRole('dialog')
    await dialog.locator('label').first().click()
    await button('Look at 1 photo', dialog).click()
    await page.getByText(/1 photo looked through/).waitFor()
  })

  test('the threshold shows what it would do before it is kept', async () => {
    await go('Settings')
    const slider = page.getByRole('slider')
    await page.getByText('Nothing would change on your photos.').waitFor()
    await slider.press('Home')
    await page.getByText(/faces? would lose their name/).waitFor()
    await button('Save').click()
    await page.getByRole('status').filter({ hasText: 'saved.' }).waitFor()
    await program.jobAtRest()
    assert.match(readFileSync(join(home.home, '.config/kinfolder/config.toml'), 'utf8'), /threshold = "?0\.3/)
    await button('Use the model’s own').click()
    await program.jobAtRest()
  })

  test('other languages, and colours', async () => {
    for (const [name, heading] of [
      ['Deutsch', 'Einstellungen'],
      ['Español', 'Ajustes'],
      ['中文', '设置'],
      ['English', 'Settings'],
    ]) {
      await page.locator('select').first().selectOption({ label: name })
      await page.getByRole('heading', { name: heading, exact: true }).waitFor()
    }
    await page.getByLabel('Colours').selectOption('dark')
    assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'dark')
    await page.getByLabel('Colours').selectOption('system')
  })

  test('a job is seen in two windows; closing one stops nothing', async () => {
    await go('Home')
    const other = await page.context().newPage()
    await other.goto(program.origin)
    await other.getByRole('button', { name: 'Only recognise' }).click()
    await page.getByRole('heading', { name: /^Recognising/ }).waitFor()
    await other.close()
    await jobDone()
  })

  test('a run is taken back, and everything is as before', async () => {
    await go('Folders')
    for (;;) {
      const undo = button('Take back', page.locator('section', { hasText: 'What was done' }))
      if ((await undo.count()) === 0) break
      await undo.first().click()
      await button('Take back', page.getByRole('dialog')).click()
      await page.getByRole('dialog').waitFor({ state: 'detached' })
      await jobDone()
      await page.waitForTimeout(300)
    }
    assert.deepEqual(readdirSync(home.pictures).sort(), ['Inbox', 'Known'])
    assert.deepEqual(readdirSync(join(home.home, 'To hand over')), [])
  })

  test('every page is accessible and fits, in light and dark, wide and narrow', async () => {
    const { value } = await program.ask('GET', '/api/people')
    const paths = ['/', '/people', `/people/${value[0].id}`, '/review', '/photos', `/photos/${value[0].cover.photo}`, '/filing', '/packs', '/settings', '/nothing']
    for (const colorScheme of ['light', 'dark']) {
      for (const width of [1440, 390]) {
        const context = await browser.newContext({ colorScheme, locale: 'en-GB', viewport: { width, height: 900 } })
        const one = await context.newPage()
        await one.goto(program.address)
        for (const path of paths) {
          await one.goto(program.origin + path)
          await one.waitForLoadState('networkidle').catch(() => {})
          await one.locator('main > *').first().waitFor()
          const { violations } = await new AxeBuilder({ page: one }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze()
          const told = violations.map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.html.slice(0, 120)).join(' | ')}`)
          assert.deepEqual(told, [], `${path} ${colorScheme} ${width}`)
          const overflow = await one.evaluate(() =>
            Math.max(...[document.documentElement, document.querySelector('main')].map((box) => box.scrollWidth - box.clientWidth)),
          )
          assert.ok(overflow <= 0, `${path} is ${overflow} px too wide at ${width}`)
          for (const here of await one.locator('.bar nav [aria-current]').all()) {
            const { x, width: wide } = await here.boundingBox()
            assert.ok(x >= 0 && x + wide <= width, `where one is can't be read in the bar: ${path} ${width}`)
          }
        }
        await context.close()
      }
    }
  })

  test('the scripts are under 250 kB as they are sent', async () => {
    const page_text = await (await fetch(program.origin, { headers: { 'Accept-Encoding': 'identity' } })).text()
    const scripts = [...page_text.matchAll(/src="([^"]+\.js)"/g)].map((match) => match[1])
    assert.ok(scripts.length > 0)
    const { request } = await import('node:http')
    const sizeOf = (path) =>
      new Promise((done, fail) => {
        const asking = request(program.origin + path, { headers: { 'Accept-Encoding': 'gzip' } }, (reply) => {
          let size = 0
          reply.on('data', (more) => (size += more.length))
          reply.on('end', () => done(size))
        })
        asking.on('error', fail)
        asking.end()
      })
    const sizes = await Promise.all(scripts.map(sizeOf))
    const all = sizes.reduce((sum, size) => sum + size, 0)
    assert.ok(all > 10000 && all < 250000, `${all} bytes`)
  })
})

describe('work for a while, leaving and coming in', { skip }, () => {
  let home
  let browser
  let program
  const copies = 15 // work for some ten seconds: bytes after its end make a picture another file
  let photos
  before(async () => {
    home = makeHome()
    const inbox = join(home.pictures, 'Inbox')
    photos = (1 + copies) * readdirSync(inbox).length
    for (const name of readdirSync(inbox)) {
      for (let i = 0; i < copies; ++i) writeFileSync(join(inbox, `${i} ${name}`), Buffer.concat([readFileSync(join(inbox, name)), Buffer.from([i])]))
    }
    browser = await chromium.launch({ executablePath: browserPath, args: quiet })
  })
  afterEach(() => program.stop()) // whether the test went well or not: the next begins its own
  after(async () => {
    await browser.close()
    home.remove()
  })
  const accessible = async (page) => {
    const { violations } = await new AxeBuilder({ page }).analyze()
    assert.deepEqual(violations.map((violation) => `${violation.id}: ${violation.nodes[0].html}`), [])
  }

  test('how far a job is is shown; it is paused, gone on with, and stopped', async () => {
    program = await startProgram(home)
    const page = await (await browser.newContext({ locale: 'en-GB' })).newPage()
    await page.goto(program.address)
    const button = (name) => page.getByRole('button', { name, exact: true })
    await button('Only recognise').click()
    await Promise.all([
      page.getByText(new RegExp(`^[1-9]\\d* of ${photos}`)).waitFor(),
      page.getByText(/a second/).waitFor(),
      page.getByRole('figure').getByText(/^The photo looked at last: /).waitFor(),
    ])
    await button('Pause').click()
    await page.getByRole('heading', { name: 'Recognising: Paused' }).waitFor()
    const { done, state } = (await program.ask('GET', '/api/job')).value
    assert.equal(state, 'paused')
    assert.ok(done < photos, `${done} of ${photos} were done`)
    await page.reload()
    await button('Go on').click()
    await button('Pause').waitFor()
    await button('Stop').click()
    await page.getByRole('heading', { name: /^Recognising/ }).waitFor({ state: 'detached' })
    assert.equal((await program.ask('GET', '/api/job')).value, null)
    await page.context().close()
  })

  test('quitting asks while a job is at work, ends the program, and says so', async () => {
    program = await startProgram(home)
    const page = await (await browser.newContext({ locale: 'en-GB' })).newPage()
    await page.goto(program.address)
    await page.goto(`${program.origin}/settings`)
    await program.ask('POST', '/api/job', { kind: 'recognize' })
    await page.locator('.badge').waitFor()
    await page.getByRole('button', { name: 'Quit Kinfolder' }).click()
    const dialog = page.getByRole('dialog', { name: 'Quit while photos are being worked on?' })
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    assert.equal((await program.ask('GET', '/api/job')).value.request.kind, 'recognize')
    await page.getByRole('button', { name: 'Quit Kinfolder' }).click()
    await dialog.getByRole('button', { name: 'Quit Kinfolder' }).click()
    await page.getByRole('heading', { name: 'Kinfolder has ended' }).waitFor()
    assert.deepEqual(await program.ended, { code: 0, signal: null })
    await accessible(page)
    await page.context().close()
    program = await startProgram(home)
    assert.equal((await program.jobAtRest()).state, 'done', 'the job was gone on with')
  })

  test('from another machine the password lets in, and logging out ends that', async () => {
    program = await startProgram(home, '0.0.0.0')
    for (const [locale, word, logInWord] of [['de-DE', 'Passwort', 'Anmelden'], ['es-ES', 'Contraseña', 'Entrar'], ['zh-CN', '密码', '登录']]) {
      const one = await (await browser.newContext({ locale, ignoreHTTPSErrors: true })).newPage()
      await one.goto(program.origin)
      await one.getByLabel(word).waitFor()
      await one.getByRole('button', { name: logInWord }).waitFor()
      await one.context().close()
    }
    for (const colorScheme of ['light', 'dark']) {
      const one = await (await browser.newContext({ colorScheme, ignoreHTTPSErrors: true, viewport: { width: 390, height: 800 } })).newPage()
      await one.goto(program.origin)
      await one.getByLabel('Password').waitFor()
      await accessible(one)
      await one.context().close()
    }
    const page = await (await browser.newContext({ locale: 'en-GB', ignoreHTTPSErrors: true })).newPage()
    await page.goto(`${program.origin}/people`)
    const field = page.getByLabel('Password')
    await field.fill('not the password')
    await field.press('Enter')
    await page.getByRole('alert').filter({ hasText: 'This is not the password.' }).waitFor()
    await field.fill(password)
    await page.getByRole('button', { name: 'Log in' }).click()
    await page.getByRole('heading', { name: 'People', exact: true }).waitFor()
    await page.goto(`${program.origin}/settings`)
    const loadedAgain = page.waitForEvent('load') // the field may be there before: then it is of the page that goes
    await page.getByRole('button', { name: 'Log out' }).click()
    await loadedAgain
    await page.getByLabel('Password').waitFor()
    await page.goto(`${program.origin}/people`)
    await page.getByLabel('Password').waitFor()
  })
})
