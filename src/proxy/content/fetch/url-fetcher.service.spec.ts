import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { gif, png } from '../../../../test/support/image-files.js';
import { pdf } from '../../../../test/support/pdf-files.js';
import { findMedia } from '../../../core/messages/content/find-media.js';
import type { InputMessage } from '../../../core/messages/vocabulary.js';
import { isPublicAddress } from '../../../platform/network/public-address.js';
import { FetchRules } from './fetch-rules.js';
import { UrlFetcher } from './url-fetcher.service.js';

const NOTHING_THERE = 'Unable to download the file. Please verify the URL and try again.';
const AT = 'messages.0.content.0.image.source.url.url';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

let server: Server;
let port: number;
let handler: Handler;
let requests: IncomingMessage[];
let connections = 0;
let open = 0;

beforeAll(async () => {
  server = createServer((request, response) => {
    requests.push(request);
    handler(request, response);
  });
  server.on('connection', (socket) => {
    connections += 1;
    open += 1;
    socket.on('close', () => {
      open -= 1;
    });
  });
  // Every address of this machine, of both families.
  server.listen(0);
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

beforeEach(() => {
  requests = [];
  connections = 0;
  handler = answerWith('image/png', png());
});

const answerWith =
  (type: string, body: Buffer, headers: Record<string, string> = {}): Handler =>
  (_request, response) => {
    response.writeHead(200, { 'content-type': type, ...headers });
    response.end(body);
  };
const redirectTo =
  (location: string, status = 302): Handler =>
  (_request, response) => {
    response.writeHead(status, { location }).end();
  };

const image = (url: string) => ({ type: 'image', source: { type: 'url', url } });
const document = (url: string) => ({ type: 'document', title: 'Paper', source: { type: 'url', url } });

/** The rules as they are, but any port. */
const realRules = () => Object.assign(new FetchRules(), { allowsPort: () => true });
/** 127.0.0.1 passes for public, and is what `files.test` means. */
const testRules = (changes: Partial<FetchRules> = {}) =>
  Object.assign(realRules(), {
    allowsAddress: (address: string) => address === '127.0.0.1' || isPublicAddress(address),
    resolve: async () => ['127.0.0.1'],
    ...changes,
  });

/** So much time that no limit ends a test before its own. */
const PATIENT = { silenceMs: 60_000, totalMs: 60_000, waitMs: 60_000 };

const fetchAll = (rules: FetchRules, content: object[], signal = new AbortController().signal) =>
  fetchWith(new UrlFetcher(rules), content, signal);
const fetchWith = async (fetcher: UrlFetcher, content: object[], signal = new AbortController().signal) => {
  const media = findMedia([{ role: 'user', content }] as InputMessage[]);
  const replacements = await fetcher.fetch(media, signal);
  return media.map(({ block }) => replacements.get(block));
};
const refusalOf = (rules: FetchRules, ...content: object[]): Promise<string> =>
  fetchAll(rules, content).then(
    () => 'fetched',
    (error) => {
      expect(error).toMatchObject({ kind: 'invalid_request' });
      return error.message;
    },
  );
const here = (path = '/') => `http://files.test:${port}${path}`;

describe('what a URL points to', () => {
  it('becomes base64 in its block, fetched once however often it is named', async () => {
    const blocks = await fetchAll(testRules(), [image(here()), image(here()), { type: 'text', text: 'x' }]);
    const source = { type: 'base64', media_type: 'image/png', data: png().toString('base64') };
    expect(blocks).toEqual([
      { type: 'image', source },
      { type: 'image', source },
    ]);
    expect(requests).toHaveLength(1);
  });

  it('may be a PDF for a document, which keeps its title', async () => {
    handler = answerWith('application/pdf; charset=binary', pdf('Hello'));
    expect(await fetchAll(testRules(), [document(here())])).toEqual([
      {
        type: 'document',
        title: 'Paper',
        source: { type: 'base64', media_type: 'application/pdf', data: pdf('Hello').toString('base64') },
      },
    ]);
  });

  it('is asked for in our own name, with nothing of the client, on a connection that is closed afterwards', async () => {
    await fetchAll(testRules(), [image(here('/a%20b?c=d#e'))]);
    expect(requests[0]?.url).toBe('/a%20b?c=d');
    expect(requests[0]?.headers).toEqual({
      host: `files.test:${port}`,
      connection: 'close',
      'user-agent': expect.stringMatching(/^amq-gateway\//),
      accept: 'image/jpeg, image/png, image/gif, image/webp',
      'accept-encoding': 'identity',
    });
  });

  it.each([301, 302, 303, 307, 308])('may be redirected with %d, three times', async (status) => {
    const hops = [here('/2'), '/3', '//files.test:PORT/4'.replace('PORT', String(port))];
    handler = (request, response) => {
      const next = hops[requests.length - 1];
      (next ? redirectTo(next, status) : answerWith('image/png', png()))(request, response);
    };
    expect(await fetchAll(testRules(), [image(here('/1'))])).toHaveLength(1);
    expect(requests.map(({ url }) => url)).toEqual(['/1', '/2', '/3', '/4']);
  });
});

describe('a place that is not public', () => {
  it.each([
    ['loopback', 'http://127.0.0.1:PORT/'],
    ['loopback of IPv6', 'http://[::1]:PORT/'],
    ['mapped loopback', 'http://[::ffff:127.0.0.1]:PORT/'],
    ['loopback as one number', 'http://2130706433:PORT/'],
    ['loopback in hexadecimal', 'http://0x7f.1:PORT/'],
    ['loopback in octal', 'http://0177.0.0.1:PORT/'],
    ['loopback cut short', 'http://127.1:PORT/'],
    ['loopback in full-width digits', 'http://１２７.０.０.１:PORT/'],
    ['this host', 'http://0.0.0.0:PORT/'],
    ['this host of IPv6', 'http://[::]:PORT/'],
    ['localhost', 'http://localhost:PORT/'],
    ['localhost with a dot', 'http://localhost.:PORT/'],
    ['a name below localhost', 'http://a.localhost:PORT/'],
    ['a name of this network', 'http://gateway:PORT/'],
    ['metadata of a cloud', 'http://169.254.169.254/latest/meta-data/'],
    ['unique local', 'http://[fd00::1]/'],
    ['shared', 'http://100.64.0.1/'],
    ['nothing', 'not a URL'],
    ['another scheme', 'ftp://files.test/a.png'],
    ['a file', 'file:///etc/passwd'],
    ['a data URL', `data:image/png;base64,${png().toString('base64')}`],
  ])('is refused, without an attempt to connect: %s', async (_what, url) => {
    let attempts = 0;
    const attempted = () => {
      attempts += 1;
    };
    subscribe('net.client.socket', attempted);
    const refusal = await refusalOf(realRules(), image(url.replace('PORT', String(port))));
    unsubscribe('net.client.socket', attempted);
    expect(refusal).toBe(`${AT}: ${NOTHING_THERE}`);
    expect(attempts).toBe(0);
  });

  it.each([
    ['with credentials', () => `http://user:secret@files.test:${port}/`],
    ['with a user alone', () => `http://user@files.test:${port}/`],
    ['of 2049 characters', () => here('/').padEnd(2049, 'a')],
  ])('is refused by a URL %s', async (_what, url) => {
    expect(await refusalOf(testRules(), image(url()))).toBe(`${AT}: ${NOTHING_THERE}`);
    expect(connections).toBe(0);
  });

  it('may have a URL of 2048 characters', async () => {
    expect(await refusalOf(testRules(), image(here('/').padEnd(2048, 'a')))).toBe('fetched');
  });

  it.each([
    ['to loopback', ['127.0.0.1'], realRules],
    ['to loopback of IPv6', ['::1'], realRules],
    ['to mapped loopback', ['::ffff:127.0.0.1'], realRules],
    ['to a public address and a private one', ['127.0.0.1', '10.0.0.1'], testRules],
    ['nowhere', [], testRules],
  ])('is refused when a name leads %s', async (_what, addresses, rulesOf) => {
    const rules = Object.assign(rulesOf(), { resolve: async () => addresses });
    for (const scheme of ['http', 'https']) {
      expect(await refusalOf(rules, image(`${scheme}://files.test:${port}/`))).toBe(`${AT}: ${NOTHING_THERE}`);
    }
    expect(connections).toBe(0);
  });

  it('is told from a public one over https too, where our server has no certificate', async () => {
    expect(await refusalOf(testRules(), image(`https://files.test:${port}/`))).toBe(`${AT}: ${NOTHING_THERE}`);
    expect([connections, requests.length]).toEqual([1, 0]);
  });

  it('is refused when the name server tells one thing first and another after', async () => {
    let asked = 0;
    const resolve = async () => {
      asked += 1;
      return asked === 1 ? ['127.0.0.1'] : ['::1'];
    };
    handler = redirectTo(here('/again'));
    expect(await refusalOf(testRules({ resolve }), image(here()))).toBe(`${AT}: ${NOTHING_THERE}`);
    // Once for each connection: what was checked is what was connected to.
    expect([asked, connections]).toEqual([2, 1]);
  });

  it.each([
    ['metadata of a cloud', () => 'http://169.254.169.254/'],
    ['loopback of IPv6', () => `http://[::1]:${port}/`],
    ['localhost', () => `http://localhost:${port}/`],
    ['a file', () => 'file:///etc/passwd'],
    ['credentials', () => `http://user:secret@files.test:${port}/`],
    ['itself, without end', () => here()],
    ['nowhere', () => 'http://'],
  ])('is refused when a public place redirects to it: %s', async (_what, location) => {
    handler = redirectTo(location());
    expect(await refusalOf(testRules(), image(here()))).toBe(`${AT}: ${NOTHING_THERE}`);
    expect(requests.length).toBe(location() === here() ? 4 : 1);
    expect(requests.length).toBe(connections);
  });

  it('is refused on any port but that of http and https', async () => {
    const rules = testRules({ allowsPort: new FetchRules().allowsPort });
    expect(await refusalOf(rules, image(here()))).toBe(`${AT}: ${NOTHING_THERE}`);
    expect(await refusalOf(rules, image('https://files.test:80/'))).toBe(`${AT}: ${NOTHING_THERE}`);
    expect(connections).toBe(0);
  });

  it.each([
    ['missing', (_request: IncomingMessage, response: ServerResponse) => response.writeHead(404).end('secret')],
    ['forbidden', (_request: IncomingMessage, response: ServerResponse) => response.writeHead(403).end('secret')],
    ['partial', (_request: IncomingMessage, response: ServerResponse) => response.writeHead(206).end(png())],
    ['cut off', (request: IncomingMessage) => request.socket.destroy()],
    [
      'cut off in its body',
      (_request: IncomingMessage, response: ServerResponse) => {
        response.writeHead(200, { 'content-type': 'image/png', 'content-length': '1000' });
        response.write('half', () => response.destroy());
      },
    ],
    ['not HTTP', (request: IncomingMessage) => request.socket.end('SSH-2.0-server\r\n')],
  ] as [string, Handler][])('can not be told from one that is %s', async (_what, answer) => {
    handler = answer;
    expect(await refusalOf(testRules(), image(here()))).toBe(`${AT}: ${NOTHING_THERE}`);
  });

  it('can not be told from one where nobody listens', async () => {
    expect(await refusalOf(testRules(), image('http://files.test:1/'))).toBe(`${AT}: ${NOTHING_THERE}`);
  });
});

describe('what is not wanted', () => {
  it.each([
    ['a page', 'text/html', Buffer.from('<html>'), `${AT}: The URL should answer with image/jpeg or`],
    ['an untold kind', '', png(), `${AT}: The URL should answer with`],
    ['a PDF for an image', 'application/pdf', pdf('x'), `${AT}: The URL should answer with`],
    ['a lie about its kind', 'image/png', gif(), `${AT}: The image was specified using the image/png media type`],
    ['no image', 'image/png', Buffer.from('words'), `${AT}: Could not process image`],
    ['too many pixels', 'image/png', png(8001, 1), `${AT}: At least one of the image dimensions exceed`],
  ])('is refused: %s', async (_what, type, body, message) => {
    handler = answerWith(type, body);
    expect(await refusalOf(testRules(), image(here()))).toContain(message);
  });

  it('is refused for a document that is no PDF', async () => {
    handler = answerWith('application/pdf', Buffer.from('<html>'));
    expect(await refusalOf(testRules(), document(here()))).toBe(
      'messages.0.content.0.document.source.url.url: The PDF specified was not valid.',
    );
  });

  it('is never decompressed', async () => {
    handler = answerWith('image/png', gzipSync(Buffer.alloc(50_000_000)), { 'content-encoding': 'gzip' });
    expect(await refusalOf(testRules(), image(here()))).toContain('The URL should answer with');
  });

  it('is refused by its announced length before a byte of it is read', async () => {
    handler = (_request, response) => {
      response.writeHead(200, { 'content-type': 'image/png', 'content-length': String(3.75 * 1024 * 1024 + 1) });
      response.write('x');
    };
    expect(await refusalOf(testRules(), image(here()))).toBe(`${AT}: The file exceeds the maximum of 3932160 bytes`);
  });

  it('is refused when it grows too large unannounced, and no more of it is read', async () => {
    let sent = 0;
    handler = (_request, response) => {
      response.writeHead(200, { 'content-type': 'image/png' });
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536))) sent += 65_536;
      };
      response.on('drain', more);
      more();
    };
    expect(await refusalOf(testRules(), image(here()))).toBe(`${AT}: The file exceeds the maximum of 3932160 bytes`);
    expect(sent).toBeLessThan(32 * 1024 * 1024);
  });

  it('is refused when all files of a request are too large together', async () => {
    const padded = png(2, 2, 3_700_000);
    handler = answerWith('image/png', padded);
    const images = Array.from({ length: 7 }, (_value, index) => image(here(`/${index}`)));
    expect(await refusalOf(testRules(), ...images)).toMatch(
      /: The files of this request exceed 25165824 bytes together$/,
    );
    expect(await refusalOf(testRules(), ...images.slice(1))).toBe('fetched');
  });

  it('is refused when one file that is named many times is too large together', async () => {
    handler = answerWith('image/png', png(2, 2, 3_700_000));
    const images = Array.from({ length: 7 }, () => image(here()));
    expect(await refusalOf(testRules(), ...images)).toMatch(
      /content\.6\..*: The files of this request exceed 25165824 bytes together$/,
    );
    expect(await refusalOf(testRules(), ...images.slice(1))).toBe('fetched');
    expect(requests).toHaveLength(2);
  });

  it('is refused when a request names more than 20 URLs', async () => {
    const images = Array.from({ length: 21 }, (_value, index) => image(here(`/${index}`)));
    expect(await refusalOf(testRules(), ...images)).toBe('messages: Too many URLs: 21 > 20, send the others as base64');
    expect(connections).toBe(0);
    expect(await refusalOf(testRules(), ...images.slice(1))).toBe('fetched');
  });
});

describe('a slow place', () => {
  const silent: Handler = () => undefined;
  const silentInBody: Handler = (_request, response) => {
    response.writeHead(200, { 'content-type': 'image/png' });
    response.write('x');
  };
  const dripping: Handler = (_request, response) => {
    response.writeHead(200, { 'content-type': 'image/png' });
    const timer = setInterval(() => response.write('x'), 20);
    response.on('close', () => clearInterval(timer));
  };

  it.each([
    ['says nothing', silent, { totalMs: 150 }],
    ['says nothing after its head', silentInBody, { totalMs: 150 }],
    ['always says a little more', dripping, { totalMs: 150 }],
    ['says nothing, though there is time', silent, { silenceMs: 100, totalMs: 20_000 }],
    ['says nothing after its head, though there is time', silentInBody, { silenceMs: 100, totalMs: 20_000 }],
    [
      'has a name server that says nothing',
      silent,
      { totalMs: 150, resolve: () => new Promise<never>(() => undefined) },
    ],
  ])('is given up when it %s', async (_what, answer, limits) => {
    handler = answer;
    const began = performance.now();
    expect(await refusalOf(testRules(limits), image(here()))).toBe(`${AT}: ${NOTHING_THERE}`);
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it('is left when the client leaves', async () => {
    const arrived = Promise.withResolvers<void>();
    const closed = Promise.withResolvers<void>();
    handler = (request) => {
      request.socket.on('close', closed.resolve);
      arrived.resolve();
    };
    const gone = new AbortController();
    const fetching = fetchAll(testRules(PATIENT), [image(here())], gone.signal);
    await arrived.promise;
    gone.abort();
    await expect(fetching).rejects.toMatchObject({ kind: 'invalid_request' });
    await closed.promise;
  });

  it('is left when another file of the request fails', async () => {
    const closed = Promise.withResolvers<void>();
    handler = (request, response) => {
      if (request.url === '/slow') request.socket.on('close', closed.resolve);
      else response.writeHead(404).end();
    };
    expect(await refusalOf(testRules(PATIENT), image(here('/slow')), image(here('/missing')))).toBe(
      `messages.0.content.1.image.source.url.url: ${NOTHING_THERE}`,
    );
    await closed.promise;
  });

  it('is one of eight at most that are asked at once', async () => {
    const waiting: ServerResponse[] = [];
    let most = 0;
    const allThere = Promise.withResolvers<void>();
    handler = (_request, response) => {
      waiting.push(response);
      most = Math.max(most, open);
      if (waiting.length === 8) allThere.resolve();
      if (waiting.length > 8) response.writeHead(200, { 'content-type': 'image/png' }).end(png());
    };
    const fetching = fetchAll(
      testRules(),
      Array.from({ length: 20 }, (_value, index) => image(here(`/${index}`))),
    );
    await allThere.promise;
    for (const response of waiting.slice(0, 8)) response.writeHead(200, { 'content-type': 'image/png' }).end(png());
    expect(await fetching).toHaveLength(20);
    expect(most).toBeLessThanOrEqual(9);
  });

  describe('that takes all places', () => {
    const occupy = (fetcher: UrlFetcher, signal?: AbortSignal) => {
      handler = (request, response) => {
        if (request.url === '/waiting') answerWith('image/png', png())(request, response);
      };
      const eight = Array.from({ length: 8 }, (_value, index) => image(here(`/${index}`)));
      return fetchWith(fetcher, eight, signal).catch((error) => error.message);
    };

    it('takes no time from those that wait', async () => {
      const fetcher = new UrlFetcher(testRules({ ...PATIENT, totalMs: 500 }));
      const eight = occupy(fetcher);
      const waiting = fetchWith(fetcher, [image(here('/waiting'))]);
      expect(await waiting).toHaveLength(1);
      expect(await eight).toContain(NOTHING_THERE);
    });

    it('lets nobody wait for ever', async () => {
      const gone = new AbortController();
      const fetcher = new UrlFetcher(testRules({ ...PATIENT, waitMs: 100 }));
      const eight = occupy(fetcher, gone.signal);
      await expect(fetchWith(fetcher, [image(here('/waiting'))])).rejects.toMatchObject({ kind: 'overloaded' });
      gone.abort();
      await eight;
    });
  });
});
