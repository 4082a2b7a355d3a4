import fc from 'fast-check';
import { png } from '../../../support/image-files.js';
import { pdf } from '../../../support/pdf-files.js';
import { GIF, JPEG, WEBP } from '../files.js';
import { someText } from '../text.js';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const PDF = base64(pdf('A page.').toString('latin1'));
const brokenInLines = (data: string): string => data.replaceAll(/.{40}/g, '$&\r\n');

/** Images as clients write them: types in any case, with parameters, wrong ones too, as the bytes count. */
export const imageUrl: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    `data:image/jpeg;base64,${JPEG}`,
    `data:image/jpg;base64,${JPEG}`,
    `data:image/gif;base64,${GIF}`,
    `data:image/webp;base64,${WEBP}`,
    `data:image/png;base64,${GIF}`,
    `DATA:IMAGE/JPEG;charset=utf-8; Base64,${brokenInLines(JPEG)}`,
  ),
  fc.integer({ min: 1, max: 64 }).map((width) => `data:image/png;base64,${png(width).toString('base64')}`),
);

const textType = fc.constantFrom(
  'text/plain',
  'text/markdown',
  'application/json',
  'application/vnd.a+json',
  'TEXT/CSV',
);

/** A file, under either name of the field that carries it. */
const data: fc.Arbitrary<{ url: string; filename?: string | null }> = fc.oneof(
  fc.constantFrom(
    { url: `data:application/pdf;base64,${PDF}`, filename: 'paper.pdf' },
    { url: `data:application/pdf;base64,${brokenInLines(PDF)}` },
    { url: `data:;base64,${PDF}`, filename: 'a/b/PAPER.PDF' },
    { url: `data:application/octet-stream;base64,${PDF}`, filename: '.pdf' },
    { url: `data:image/gif;base64,${GIF}`, filename: 'picture.gif' },
    { url: 'data:text/plain,', filename: null },
    { url: 'data:text/plain,10%25%20%C3%A9', filename: '' },
  ),
  fc
    .tuple(textType, someText, fc.constantFrom('notes.txt', 'x'.repeat(300), '工具.md', null))
    .map(([type, text, filename]) => ({
      url: `data:${type};base64,${base64(text)}`,
      filename,
    })),
);

/** The fields of a file of Chat. */
export const file: fc.Arbitrary<Record<string, unknown>> = fc.oneof(
  { weight: 4, arbitrary: data.map(({ url, ...rest }) => ({ file_data: url, ...rest })) },
  { weight: 1, arbitrary: fc.constant({ file_data: PDF, filename: 'bare.pdf', file_id: null }) },
  { weight: 1, arbitrary: someText.map((text) => ({ file_data: base64(text), filename: 'bare.py' })) },
);

/** Responses has a URL beside the data, which may be a data URL itself. */
export const fileOrUrl: fc.Arbitrary<Record<string, unknown>> = fc.oneof(
  { weight: 4, arbitrary: file },
  { weight: 1, arbitrary: data.map(({ url, ...rest }) => ({ file_url: url, file_data: null, ...rest })) },
);
