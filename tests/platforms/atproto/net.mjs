// PLC, PDS, bsync, AppView and Ozone in one process, by @atproto/dev-env. Writes net.json into RUN_DIR when all are ready.
// env: DB_POSTGRES_URL, REDIS_HOST, RUN_DIR, POSTGRES_PID, REDIS_PID, PORT_BASE (+1 introspect, +2 PLC, +3 PDS,
// +4 AppView, +7 Ozone, +8 one more Ozone, +9 control)
import fs from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import { TestNetwork } from '@atproto/dev-env'
import { OzoneService } from '@atproto/ozone'
import { writeLine } from './line.mjs'

const { RUN_DIR } = process.env
const base = Number(process.env.PORT_BASE)
const secrets = keepSecretsOfOzone()
const network = await TestNetwork.create({
  dbPostgresSchema: 'dev',
  plc: { port: base + 2 },
  pds: { port: base + 3, hostname: 'localhost', enableDidDocWithSession: true },
  bsky: { port: base + 4, publicUrl: `http://localhost:${base + 4}` },
  ozone: { port: base + 7, dbMaterializedViewRefreshIntervalMs: 30000 }, // 30 minutes by default: too old for a test
  introspect: { port: base + 1 },
})
const { cfg } = network.ozone.ctx
const mailFile = path.join(RUN_DIR, 'mail.jsonl')
keepMails(mailFile)
const staff = await hireStaff()
openControlPort(base + 9)
fs.writeFileSync(path.join(RUN_DIR, 'ozone-env.json'), JSON.stringify(settingsOfOneMoreOzone()))
writeLine('net.json', {
  pds_url: network.pds.url,
  ozone_url: network.ozone.url,
  ozone_did: cfg.service.did,
  ozone_own_process_url: null,
  plc_url: network.plc.url,
  appview_url: network.bsky.url,
  control_url: `http://localhost:${base + 9}`,
  postgres_url: process.env.DB_POSTGRES_URL,
  mail_file: mailFile,
  basic_auth: { user: 'admin', password: 'admin-pass' },
  staff,
  pid: process.pid,
  ozone_pid: null,
  postgres_pid: Number(process.env.POSTGRES_PID),
  redis_pid: Number(process.env.REDIS_PID),
  dir: RUN_DIR,
})

let closing = false
const stop = async () => {
  if (closing) return
  closing = true
  try {
    await network.close()
  } catch (error) {
    console.error(error)
  }
  process.exit(0)
}
process.on('SIGTERM', stop)
process.on('SIGINT', stop)

// The signing key in Ozone's context cannot be exported: what dev-env passes in is kept for the other Ozone process.
function keepSecretsOfOzone() {
  const kept = {}
  const create = OzoneService.create
  OzoneService.create = function (config, given, ...rest) {
    Object.assign(kept, given)
    return create.call(this, config, given, ...rest)
  }
  return kept
}

// Without SMTP settings the PDS only formats its mails: each becomes a JSON line of the file.
function keepMails(file) {
  fs.writeFileSync(file, '')
  const { mailer, moderationMailer } = network.pds.ctx
  for (const [kind, { transporter }] of Object.entries({ account: mailer, moderation: moderationMailer })) {
    const send = transporter.sendMail
    transporter.sendMail = async (mail) => {
      const result = await send.call(transporter, mail)
      const { to, subject, text, html } = mail
      fs.appendFileSync(file, JSON.stringify({ kind, at: new Date().toISOString(), to, subject, text, html }) + '\n')
      return result
    }
  }
}

// People with accounts on the PDS; the service's own account, mod-authority.test, is Ozone's admin.
async function hireStaff() {
  const hired = { admin: { handle: 'mod-authority.test', password: 'hunter2', did: cfg.service.did } }
  for (const [name, handle, add] of [
    ['moderator1', 'mod-one.test', 'addModeratorDid'],
    ['moderator2', 'mod-two.test', 'addModeratorDid'],
    ['triage', 'triage-one.test', 'addTriageDid'],
  ]) {
    const password = `pw-${name}`
    const { did } = await createAccount({ handle, password, email: `${name}@example.org` })
    await network.ozone[add](did)
    hired[name] = { handle, password, did }
  }
  return hired
}

async function createAccount(account) {
  const reply = await fetch(`${network.pds.url}/xrpc/com.atproto.server.createAccount`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(account),
  })
  const made = await reply.json()
  if (!reply.ok) throw new Error(`createAccount ${account.handle}: ${JSON.stringify(made)}`)
  return made
}

// What a test must be able to force instead of waiting for it, and tokens for direct calls to Ozone.
function openControlPort(port) {
  const orders = {
    '/processAll': () => network.processAll(60000),
    '/ozoneProcessAll': () => network.ozone.processAll(),
    '/routeOnce': () => network.ozone.daemon.ctx.queueRouter.routeReports(),
    '/stats': () => network.ozone.getModClient().computeStats(),
    '/token': (asked) => network.ozone.modHeaders(asked.get('lxm'), asked.get('role') ?? 'admin'),
  }
  const answer = async (url) => {
    const order = orders[url.pathname]
    if (!order) return [404, { ok: false }]
    try {
      return [200, (await order(url.searchParams)) ?? { ok: true }]
    } catch (error) {
      return [500, { ok: false, error: String(error?.stack ?? error) }]
    }
  }
  const server = http.createServer(async (request, response) => {
    const [status, body] = await answer(new URL(request.url, 'http://localhost'))
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(JSON.stringify(body))
  })
  server.listen(port)
}

function settingsOfOneMoreOzone() {
  const port = base + 8
  return {
    devMode: true,
    version: '0.0.0',
    port,
    publicUrl: `http://localhost:${port}`,
    didPlcUrl: network.plc.url,
    serverDid: cfg.service.did,
    signingKeyHex: secrets.signingKeyHex,
    dbPostgresUrl: cfg.db.postgresUrl,
    dbPostgresSchema: cfg.db.postgresSchema,
    appviewUrl: cfg.appview.url,
    appviewDid: cfg.appview.did,
    appviewPushEvents: true,
    pdsUrl: network.pds.url,
    pdsDid: network.pds.ctx.cfg.service.did,
    adminPassword: 'admin-pass',
    adminDids: cfg.access.admins,
    moderatorDids: cfg.access.moderators,
    triageDids: cfg.access.triage,
  }
}
