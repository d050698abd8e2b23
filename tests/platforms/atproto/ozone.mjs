// One more Ozone in a process of its own, on the same database, as deployed. Reads ozone-env.json and net.json of
// RUN_DIR, which net.mjs has written; writes ozone.json, the line of the whole, when it is ready.
import fs from 'node:fs'
import path from 'node:path'
import { OzoneService, envToCfg, envToSecrets } from '@atproto/ozone'
import { writeLine } from './line.mjs'

const { RUN_DIR } = process.env
const read = (name) => JSON.parse(fs.readFileSync(path.join(RUN_DIR, name)))

const env = read('ozone-env.json')
const server = await OzoneService.create(envToCfg(env), envToSecrets(env))
await server.start()
writeLine('ozone.json', { ...read('net.json'), ozone_own_process_url: env.publicUrl, ozone_pid: process.pid })

const stop = async () => {
  await server.destroy()
  process.exit(0)
}
process.on('SIGTERM', stop)
process.on('SIGINT', stop)
