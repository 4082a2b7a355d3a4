// How large an image is, layer by layer: what a registry sends, and what a disk holds. `node measure.mjs OCI-FOLDER TAG`
import { createReadStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createGunzip } from 'node:zlib';

const [folder, tag] = process.argv.slice(2);
const read = (digest) => JSON.parse(readFileSync(blob(digest), 'utf8'));
const blob = (digest) => join(folder, 'blobs', ...digest.split(':'));
const index = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8'));
const entry = index.manifests.find(({ annotations }) => annotations?.['org.opencontainers.image.ref.name'] === tag);
const manifest = read(entry.digest);
const steps = read(manifest.config.digest).history.filter(({ empty_layer }) => !empty_layer);

const rows = [];
for (const [place, { digest, size }] of manifest.layers.entries()) {
  rows.push({ compressed: size, unpacked: await unpackedSize(blob(digest)), by: steps[place]?.created_by ?? '' });
}
const sum = (name) => rows.reduce((total, row) => total + row[name], 0);
const mb = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`.padStart(9);
for (const { compressed, unpacked, by } of rows) {
  console.log(`${mb(compressed)} compressed ${mb(unpacked)} unpacked  ${by.replace(/\s+/g, ' ').slice(0, 70)}`);
}
console.log(`${mb(sum('compressed'))} compressed ${mb(sum('unpacked'))} unpacked  in all`);

async function unpackedSize(path) {
  let bytes = 0;
  for await (const chunk of createReadStream(path).pipe(createGunzip())) bytes += chunk.length;
  return bytes;
}
