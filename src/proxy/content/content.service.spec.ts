import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { firstValueFrom, isObservable, type Observable } from 'rxjs';
import { png } from '../../../test/support/image-files.js';
import { encryptedPdf, pdf, pdfOfLetters } from '../../../test/support/pdf-files.js';
import { TestClock } from '../../../test/support/test-clock.js';
import type { MessagesRequest } from '../../core/messages/vocabulary.js';
import { readConfiguration } from '../../platform/config/configuration.js';
import { Content } from './content.service.js';
import { DocumentRefusals } from './document-refusals.service.js';
import { FetchRules } from './fetch/fetch-rules.js';
import { UrlFetcher } from './fetch/url-fetcher.service.js';
import { PdfReader } from './pdf/pdf-reader.service.js';

const base64 = (bytes: Buffer) => bytes.toString('base64');
const request = (...content: object[]) =>
  ({ model: 'm', max_tokens: 10, messages: [{ role: 'user', content }] }) as unknown as MessagesRequest;
const document = (data: Buffer, more: object = {}) => ({
  type: 'document',
  source: { type: 'base64', media_type: 'application/pdf', data: base64(data) },
  ...more,
});
const asText = (data: string, more: object = {}) => ({
  type: 'document',
  source: { type: 'text', media_type: 'text/plain', data },
  ...more,
});
const words = { type: 'text', text: 'words' };

let pdfs: PdfReader;
const rules = Object.assign(new FetchRules(), {
  allowsPort: () => true,
  allowsAddress: (address: string) => address === '127.0.0.1',
  resolve: async () => ['127.0.0.1'],
});
const contentWith = (settings: Record<string, string> = {}) =>
  new Content(readConfiguration(settings), new UrlFetcher(rules), pdfs, new DocumentRefusals(new TestClock()));

beforeEach(() => {
  pdfs = new PdfReader(new TestClock());
});
afterEach(() => pdfs.onApplicationShutdown());

describe('prepare', () => {
  let server: Server;
  let answered = 0;
  let url: string;

  beforeAll(async () => {
    server = createServer((asked, response) => {
      answered += 1;
      if (asked.url !== '/silent') response.writeHead(200, { 'content-type': 'image/png' }).end(png());
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://files.test:${(server.address() as AddressInfo).port}`;
  });
  beforeEach(() => {
    answered = 0;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const remote = (path = '/') => ({ type: 'image', source: { type: 'url', url: url + path } });

  it('hands on a request without media, and one whose media are good, as they are', () => {
    const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: base64(png()) } };
    const content = contentWith();
    for (const untouched of [request(words), request(words, image, document(pdf('Hello')))]) {
      expect(content.prepare(untouched)).toBe(untouched);
    }
  });

  it('looks at nothing but the kinds of blocks where there are no media', () => {
    const block = {
      type: 'text',
      get text(): string {
        throw new Error('a text was read');
      },
    };
    const messages = [{ role: 'user', content: [block, block] }];
    const request = { model: 'm', max_tokens: 10, messages } as unknown as MessagesRequest;
    expect(contentWith().prepare(request)).toBe(request);
  });

  it('refuses a URL unless the operator allows it, and asks nobody', () => {
    expect(() => contentWith().prepare(request(words, remote()))).toThrow(
      'messages.0.content.1.image.source.type: URLs are not fetched by this gateway: send the file as base64, or have FETCH_URL_SOURCES set to true',
    );
    expect(answered).toBe(0);
  });

  it('fetches a URL where it is allowed, once somebody wants the request', async () => {
    const original = request(words, remote(), { type: 'tool_result', tool_use_id: 't', content: [remote()] });
    const before = structuredClone(original);
    const prepared = contentWith({ FETCH_URL_SOURCES: 'true' }).prepare(original);
    expect(isObservable(prepared)).toBe(true);
    expect(answered).toBe(0);
    const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: base64(png()) } };
    expect(await firstValueFrom(prepared as Observable<MessagesRequest>)).toEqual(
      request(words, image, { type: 'tool_result', tool_use_id: 't', content: [image] }),
    );
    expect(original).toEqual(before);
  });

  it('checks what the request carries before it fetches anything', () => {
    const broken = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } };
    expect(() => contentWith({ FETCH_URL_SOURCES: 'true' }).prepare(request(remote(), broken))).toThrow(
      'messages.0.content.1.image.source.base64.data: Could not process image',
    );
    expect(answered).toBe(0);
  });

  it('stops fetching when nobody wants the request any more', async () => {
    const prepared = contentWith({ FETCH_URL_SOURCES: 'true' }).prepare(request(remote('/silent')));
    const connected = once(server, 'connection');
    const subscription = (prepared as Observable<MessagesRequest>).subscribe();
    const [socket] = await connected;
    const closed = once(socket, 'close');
    subscription.unsubscribe();
    await closed;
  });
});

describe('documentsAsText', () => {
  it('puts the text of each PDF in its place, title and context kept', async () => {
    const more = { title: 'Paper', context: 'From the archive', citations: { enabled: true } };
    const original = request(
      words,
      document(pdf('Top', 'Second page'), more),
      { type: 'tool_result', tool_use_id: 't', content: [words, document(pdf('Inside'))] },
      asText('plain already'),
    );
    const before = structuredClone(original);
    expect(await contentWith().documentsAsText(original)).toEqual(
      request(
        words,
        asText('Top\n\nSecond page', more),
        { type: 'tool_result', tool_use_id: 't', content: [words, asText('Inside')] },
        asText('plain already'),
      ),
    );
    expect(original).toEqual(before);
  });

  it('hands on a request without PDFs as it is', async () => {
    const untouched = request(words, asText('plain already'));
    expect(await contentWith().documentsAsText(untouched)).toBe(untouched);
  });

  it.each([
    ['a scan', pdf('', '')],
    ['a document with a password', encryptedPdf()],
    ['a broken document', Buffer.from('%PDF-1.4\nnothing')],
  ])('refuses %s, naming its place', async (_what, bytes) => {
    const original = request(words, { type: 'tool_result', tool_use_id: 't', content: [document(bytes)] });
    await expect(contentWith().documentsAsText(original)).rejects.toMatchObject({
      kind: 'invalid_request',
      message:
        'messages.0.content.1.tool_result.content.0.document.source.base64.data: the document has no text that could be extracted, and the model takes no documents',
    });
  });

  it('says in the text itself when a document is cut off', async () => {
    const page = Array.from({ length: 50 }, () => 'x'.repeat(90)).join('\n');
    const long = pdf(...Array.from({ length: 100 }, () => page));
    const { messages } = await contentWith().documentsAsText(request(document(long)));
    const [block] = (messages[0]?.content ?? []) as unknown as ReturnType<typeof asText>[];
    const data = block?.source.data ?? '';
    expect(data).toHaveLength(400_000 + '\n\n[The document is cut off here, on page 88 of 100.]'.length);
    expect(data.endsWith('x\n\n[The document is cut off here, on page 88 of 100.]')).toBe(true);
  });

  it('ends when the client leaves', async () => {
    const gone = new AbortController();
    const reading = contentWith().documentsAsText(request(document(pdfOfLetters(2_000_000))), gone.signal);
    gone.abort(new Error('gone'));
    await expect(reading).rejects.toThrow('gone');
  });

  it('is wanted at once for a model that is known to take no documents', () => {
    const content = contentWith();
    const withPdf = request(document(pdf('Hello')));
    expect(content.needsText(withPdf, 'claude-haiku-4.5')).toBe(false);
    content.documentsRefused('claude-haiku-4.5');
    expect(content.needsText(withPdf, 'claude-haiku-4.5')).toBe(true);
    expect(content.needsText(withPdf, 'claude-sonnet-5')).toBe(false);
    expect(content.needsText(request(words, asText('plain already')), 'claude-haiku-4.5')).toBe(false);
  });
});
