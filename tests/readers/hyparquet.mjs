// Reads a Parquet file with hyparquet, and writes its rows as JSON, a row a line: node hyparquet.mjs FILE OUT [compressors]
import { createWriteStream } from 'node:fs'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'

const [file, out, withCompressors] = process.argv.slice(2)
const { compressors } = withCompressors ? await import('hyparquet-compressors') : {}
const rows = await parquetReadObjects({ file: await asyncBufferFromFile(file), compressors })
const lines = createWriteStream(out)
for (const row of rows) {
  lines.write(JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? String(value) : value)) + '\n')
}
lines.end()
