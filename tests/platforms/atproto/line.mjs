// The JSON line that says what runs: there as a whole, or not there yet.
import fs from 'node:fs'
import path from 'node:path'

export function writeLine(name, what) {
  const file = path.join(process.env.RUN_DIR, name)
  fs.writeFileSync(`${file}.tmp`, JSON.stringify(what) + '\n')
  fs.renameSync(`${file}.tmp`, file)
}
