import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { databaseSchema } from '../../src/database-schema.js';
import { sealedPropertiesOf } from '../../src/platform/encryption/sealed.js';

const source = fileURLToPath(new URL('../../src', import.meta.url));

/** Every file that encrypts something, with the calls it makes. */
const encrypting = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !path.endsWith('.spec.ts') && !path.startsWith(join('platform', '')))
  .map((path) => ({ path, text: readFileSync(join(source, path), 'utf8') }))
  .filter(({ text }) => /ncryption\s*\.encrypt\(/.test(text));

async function entitiesOf({ path, text }: (typeof encrypting)[number]): Promise<unknown[]> {
  const files = [...text.matchAll(/from '(\.[^']*\.entity)\.js'/g)].map(([, file]) => join(dirname(path), file ?? ''));
  const modules = await Promise.all(files.map((file) => import(join(source, `${file}.ts`))));
  return modules.flatMap((module) => Object.values(module));
}

describe('what is encrypted', () => {
  it('is found in the sources', () => {
    expect(encrypting.length).toBeGreaterThanOrEqual(3);
  });

  // Else a new key would leave it behind.
  it.each(encrypting)('$path: its table says so (`@Sealed`), and is one of the service', async (file) => {
    const sealed = (await entitiesOf(file)).filter((entity) => sealedPropertiesOf(entity).length > 0);
    expect(sealed).not.toEqual([]);
    expect(databaseSchema.entities).toEqual(expect.arrayContaining(sealed));
  });
});
