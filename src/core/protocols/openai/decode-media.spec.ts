import { describe, expect, it } from '@jest/globals';
import { png } from '../../../../test/support/image-files.js';
import { pdf } from '../../../../test/support/pdf-files.js';
import { refusalOf } from '../../../../test/support/refusal-of.js';
import { decodeFile, decodeImageUrl, type FileFields } from './decode-media.js';
import { MediaPlaces } from './media-places.js';

const PNG = png().toString('base64');
const GIF = 'R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7';
const PDF = pdf('Hello').toString('base64');
const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('decodeImageUrl', () => {
  const decode = (url: unknown) => decodeImageUrl(url, 'messages[0].content[1]', new MediaPlaces());

  it.each([
    [`data:image/png;base64,${PNG}`, 'image/png', PNG],
    [`DATA:IMAGE/PNG;BASE64,${PNG}`, 'image/png', PNG],
    [`data:image/gif;charset=x;base64,${GIF}`, 'image/gif', GIF],
    // What it is the bytes say.
    [`data:image/jpeg;base64,${PNG}`, 'image/png', PNG],
    [`data:image/jpg;base64,${PNG}`, 'image/png', PNG],
    [`data:image/png;base64,${PNG.slice(0, 40)}\r\n${PNG.slice(40)}\n`, 'image/png', PNG],
  ])('%.40s', (url, media_type, data) => {
    expect(decode(url)).toEqual({ type: 'image', source: { type: 'base64', media_type, data } });
  });

  it.each(['https://x.example/a.png', 'http://x.example/?a=data:b', 'HTTPS://X.example'])(
    'leaves %s to be fetched',
    (url) => {
      expect(decode(url)).toEqual({ type: 'image', source: { type: 'url', url } });
    },
  );

  it.each<[unknown, string]>([
    ['data:image/svg+xml;base64,AAAA', 'invalid_image_format'],
    ['data:image/tiff;base64,AAAA', 'invalid_image_format'],
    ['data:,x', 'invalid_image_format'],
    ['data:image/png;base64', 'invalid_image_format'],
    [`data:image/png;base64,${base64('no image')}`, 'invalid_image_format'],
    [`data:image/png;base64,${PNG}!`, 'invalid_base64_image'],
    [`data:image/png;base64,${PNG.slice(0, -3)}`, 'invalid_base64_image'],
    ['data:image/png;base64,', 'invalid_base64_image'],
    [`data:image/png,${PNG}`, 'invalid_base64_image'],
    ['', 'invalid_image_url'],
    ['/etc/passwd', 'invalid_image_url'],
    ['file:///etc/passwd', 'invalid_image_url'],
    ['https://', 'invalid_image_url'],
    [PNG, 'invalid_image_url'],
    [5, 'invalid_type'],
    [undefined, 'missing_required_parameter'],
  ])('refuses %.40s', (url, code) => {
    expect(refusalOf(() => decode(url))).toMatchObject({ code, path: 'messages[0].content[1]' });
  });

  it('remembers which field an image came from', () => {
    const places = new MediaPlaces();
    const block = decodeImageUrl('https://x.example/a.png', 'input[3].content[0].image_url', places);
    expect(places.paramOf(block)).toBe('input[3].content[0].image_url');
    expect(places.paramOf({ ...block })).toBeUndefined();
  });
});

describe('decodeFile', () => {
  const decode = (fields: FileFields) => decodeFile(fields, 'messages[0].content[1]', new MediaPlaces());
  const text = (data: string, title?: string) => ({
    type: 'document',
    source: { type: 'text', media_type: 'text/plain', data },
    ...(title && { title }),
  });
  const document = (data: string, title?: string) => ({
    type: 'document',
    source: { type: 'base64', media_type: 'application/pdf', data },
    ...(title && { title }),
  });

  it.each<[FileFields, object]>([
    [{ filename: 'a.pdf', file_data: `data:application/pdf;base64,${PDF}` }, document(PDF, 'a.pdf')],
    [{ file_data: `data:application/pdf;base64,${PDF}` }, document(PDF)],
    [{ filename: 'a.PDF', file_data: PDF }, document(PDF, 'a.PDF')],
    [{ filename: 'a.pdf', file_data: `data:application/octet-stream;base64,${PDF}` }, document(PDF, 'a.pdf')],
    [{ filename: 'a.txt', file_data: `data:text/plain;base64,${base64('Grüße')}` }, text('Grüße', 'a.txt')],
    [{ filename: null, file_data: `data:application/json;base64,${base64('{}')}`, file_id: null }, text('{}')],
    [{ file_data: `data:application/ld+json;base64,${base64('{}')}` }, text('{}')],
    [{ file_data: 'data:text/csv,a%2Cb' }, text('a,b')],
    [{ file_data: `data:text/plain;base64,${base64('\ufeffa')}` }, text('a')],
    [{ filename: 'notes.md', file_data: base64('# A') }, text('# A', 'notes.md')],
    [{ filename: 'Makefile', file_data: base64('all:') }, text('all:', 'Makefile')],
    [{ filename: 'empty.txt', file_data: 'data:text/plain;base64,' }, text('(the file is empty)', 'empty.txt')],
    [
      { filename: 'a.png', file_data: `data:image/png;base64,${PNG}` },
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } },
    ],
    [
      { file_url: 'https://x.example/a.pdf' },
      { type: 'document', source: { type: 'url', url: 'https://x.example/a.pdf' } },
    ],
    [{ filename: 'a.pdf', file_url: `data:application/pdf;base64,${PDF}` }, document(PDF, 'a.pdf')],
  ])('%.80j', (fields, expected) => {
    expect(decode(fields)).toEqual(expected);
  });

  it.each<[FileFields, string, string]>([
    [{}, 'missing_required_parameter', '.file_data'],
    [{ file_id: 'file-1' }, 'unsupported_value', ''],
    [{ file_data: 5 }, 'invalid_type', '.file_data'],
    [{ filename: 5, file_data: '' }, 'invalid_type', '.filename'],
    [{ file_data: PDF }, 'unsupported_value', ''],
    [{ filename: 'constructor', file_data: PDF }, 'unsupported_value', ''],
    [{ filename: 'a.zip', file_data: PDF }, 'unsupported_value', ''],
    [{ filename: 'a.docx', file_data: 'data:application/zip;base64,AAAA' }, 'unsupported_value', ''],
    [{ filename: 'a.pdf', file_data: '%%%' }, 'invalid_value', ''],
    [{ filename: 'a.pdf', file_data: '' }, 'invalid_value', ''],
    [{ filename: 'a.txt', file_data: 'just words' }, 'invalid_value', ''],
    [
      { file_data: `data:text/plain;base64,${Buffer.from([0xff, 0xfe, 0xff]).toString('base64')}` },
      'unsupported_value',
      '',
    ],
    [{ file_data: 'data:text/plain,%E0%A4%A' }, 'unsupported_value', ''],
    [{ file_data: 'data:image/png;base64,AAAA' }, 'invalid_image_format', ''],
    [{ file_url: 'ftp://x' }, 'invalid_value', ''],
  ])('refuses %.80j', (fields, code, below) => {
    expect(refusalOf(() => decode(fields))).toMatchObject({ code, path: `messages[0].content[1]${below}` });
  });

  it('names fields where they stand, and remembers the place of the part', () => {
    const places = new MediaPlaces();
    const at = 'messages[0].content[1].file';
    expect(refusalOf(() => decodeFile({}, 'messages[0].content[1]', places, at)).path).toBe(`${at}.file_data`);
    const block = decodeFile({ filename: 'a.pdf', file_data: PDF }, 'messages[0].content[1]', places, at);
    expect(places.paramOf(block)).toBe('messages[0].content[1]');
  });
});
