import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Simulator } from '../../simulator/simulator.js';
import { FetchRules } from '../../src/proxy/content/fetch/fetch-rules.js';
import { eventually, post, QUESTION } from '../support/ask.js';
import { gif, jpeg, png } from '../support/image-files.js';
import { encryptedPdf, pdf } from '../support/pdf-files.js';
import { type RunningGateway, startGateway } from '../support/start-gateway.js';

/** The simulator's models: one takes documents, the other does not. */
const WITH_DOCUMENTS = 'claude-sonnet-5';
const WITHOUT_DOCUMENTS = 'claude-haiku-4.5';

let simulator: Simulator;
let gateway: RunningGateway;
beforeAll(async () => {
  simulator = await Simulator.start();
  gateway = await startGateway(simulator);
});
afterAll(async () => {
  await gateway.close();
  await simulator.close();
});
beforeEach(() => simulator.reset());

const base64 = (bytes: Buffer) => bytes.toString('base64');
const image = (bytes: Buffer, media_type = 'image/png') => ({
  type: 'image',
  source: { type: 'base64', media_type, data: base64(bytes) },
});
const document = (bytes: Buffer, more: object = {}) => ({
  type: 'document',
  source: { type: 'base64', media_type: 'application/pdf', data: base64(bytes) },
  ...more,
});
const remote = (type: string, url: string) => ({ type, source: { type: 'url', url } });
const words = { type: 'text', text: 'What is this?' };

const ask = (through: RunningGateway, content: object[], more: object = {}) =>
  post(through, { ...QUESTION, messages: [{ role: 'user', content }], ...more });
const askAfterTool = (through: RunningGateway, content: object[], more: object = {}) =>
  post(through, {
    ...QUESTION,
    tools: [{ name: 'Read', input_schema: { type: 'object' } }],
    messages: [
      { role: 'user', content: 'Read it' },
      { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'Read', input: {} }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content }] },
    ],
    ...more,
  });

interface SentMessage {
  content: string;
  images?: { format: string; source: { bytes: string } }[];
  documents?: { format: string; source: { bytes: string } }[];
  userInputMessageContext?: { toolResults?: { content: { text?: string }[] }[] };
}
const conversations = () => simulator.requests.filter(({ operation }) => operation === 'GenerateAssistantResponse');
/** The user message that reached upstream last. */
const sent = (): SentMessage => {
  const { body } = conversations().at(-1) as {
    body: unknown;
  } as { body: { conversationState: { currentMessage: { userInputMessage: SentMessage } } } };
  return body.conversationState.currentMessage.userInputMessage;
};
/** All its text, wherever the message has it. */
const sentText = () =>
  [
    sent().content,
    ...(sent().userInputMessageContext?.toolResults ?? []).flatMap(({ content }) => content.map((part) => part.text)),
  ].join('\n');

const expectRefusal = async (response: Response, message: string | RegExp) => {
  const body = await response.json();
  expect(body).toMatchObject({
    type: 'error',
    error: {
      type: 'invalid_request_error',
      message: typeof message === 'string' ? message : expect.stringMatching(message),
    },
  });
  expect(response.status).toBe(400);
};

describe('images', () => {
  it('reach upstream from the message and from a tool result', async () => {
    expect((await ask(gateway, [words, image(png()), image(jpeg(), 'image/jpeg')])).status).toBe(200);
    expect(sent().images).toEqual([
      { format: 'png', source: { bytes: base64(png()) } },
      { format: 'jpeg', source: { bytes: base64(jpeg()) } },
    ]);
    expect((await askAfterTool(gateway, [words, image(gif(), 'image/gif')])).status).toBe(200);
    expect(sent().images).toEqual([{ format: 'gif', source: { bytes: base64(gif()) } }]);
  });

  it('that are not what they say are a 400 that names the place, and go nowhere', async () => {
    await expectRefusal(
      await ask(gateway, [words, image(jpeg())]),
      'messages.0.content.1.image.source.base64.data: The image was specified using the image/png media type, but the image appears to be a image/jpeg image',
    );
    await expectRefusal(
      await askAfterTool(gateway, [image(Buffer.from('words'))]),
      'messages.2.content.0.tool_result.content.0.image.source.base64.data: Could not process image',
    );
    expect(conversations()).toEqual([]);
  });

  it('that are too large are a 400 in the words that clients recover from, streamed or not', async () => {
    for (const stream of [false, true]) {
      await expectRefusal(
        await ask(gateway, [image(png(2, 2, 4_000_000))], { stream }),
        /^messages\.0\.content\.0\.image\.source\.base64\.data: image exceeds 5 MB maximum: \d+ bytes > 5242880 bytes$/,
      );
    }
    expect(conversations()).toEqual([]);
  });
});

describe('URLs', () => {
  let server: Server;
  let url: string;
  let open: RunningGateway;
  const asked: string[] = [];

  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push(request.url ?? '');
      if (request.url === '/image') response.writeHead(200, { 'content-type': 'image/png' }).end(png());
      else if (request.url === '/paper')
        response.writeHead(200, { 'content-type': 'application/pdf' }).end(pdf('Far away'));
      else if (request.url !== '/silent') response.writeHead(404).end();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://files.test:${(server.address() as AddressInfo).port}`;
    open = await startGateway(simulator, { FETCH_URL_SOURCES: 'true' });
  });
  afterAll(async () => {
    await open.close();
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => {
    asked.length = 0;
    Object.assign(open.app.get(FetchRules), new FetchRules());
  });
  /** The test's server passes for a place on the internet. */
  const admitServer = () =>
    Object.assign(open.app.get(FetchRules), {
      allowsPort: () => true,
      allowsAddress: (address: string) => address === '127.0.0.1',
      resolve: async () => ['127.0.0.1'],
    });

  it('are refused unless the operator allows them', async () => {
    await expectRefusal(
      await ask(gateway, [words, remote('image', `${url}/image`)]),
      /^messages\.0\.content\.1\.image\.source\.type: URLs are not fetched by this gateway: .*FETCH_URL_SOURCES/,
    );
    expect([asked, conversations()]).toEqual([[], []]);
  });

  it('are fetched where they are allowed, and what they point to reaches upstream', async () => {
    admitServer();
    const content = [words, remote('image', `${url}/image`), remote('document', `${url}/paper`)];
    expect((await ask(open, content, { model: WITH_DOCUMENTS })).status).toBe(200);
    expect(sent().images).toEqual([{ format: 'png', source: { bytes: base64(png()) } }]);
    expect(sent().documents).toMatchObject([{ format: 'pdf', source: { bytes: base64(pdf('Far away')) } }]);
  });

  it.each([
    'http://127.0.0.1:PORT/image',
    'http://localhost:PORT/image',
    'http://[::ffff:7f00:1]/',
    'http://169.254.169.254/',
  ])('of our own network are refused like those that lead nowhere: %s', async (address) => {
    const refusal =
      /^messages\.0\.content\.0\.image\.source\.url\.url: Unable to download the file\. Please verify the URL and try again\.$/;
    await expectRefusal(await ask(open, [remote('image', address.replace('PORT', new URL(url).port))]), refusal);
    expect(asked).toEqual([]);
    admitServer();
    await expectRefusal(await ask(open, [remote('image', `${url}/missing`)]), refusal);
    expect(asked).toEqual(['/missing']);
    expect(conversations()).toEqual([]);
  });

  it('are left when the client leaves', async () => {
    admitServer();
    const leaving = new AbortController();
    const connected = once(server, 'connection');
    const asking = post(
      open,
      { ...QUESTION, messages: [{ role: 'user', content: [remote('image', `${url}/silent`)] }] },
      { signal: leaving.signal },
    );
    const [socket] = await connected;
    const closed = once(socket, 'close');
    leaving.abort();
    await expect(asking).rejects.toThrow();
    await closed;
    expect(conversations()).toEqual([]);
  });
});

describe('documents', () => {
  it('go upstream as they are where the model takes them', async () => {
    expect((await ask(gateway, [words, document(pdf('Hello'))], { model: WITH_DOCUMENTS })).status).toBe(200);
    expect(sent().documents).toMatchObject([{ format: 'pdf', source: { bytes: base64(pdf('Hello')) } }]);
  });

  it('go as their text where the model takes none', async () => {
    const more = { title: 'The paper', context: 'From the archive' };
    const response = await ask(gateway, [words, document(pdf('Page one', 'Page two'), more)], {
      model: WITHOUT_DOCUMENTS,
    });
    expect(response.status).toBe(200);
    expect(sent().documents).toBeUndefined();
    for (const part of ['What is this?', 'The paper', 'From the archive', 'Page one\n\nPage two']) {
      expect(sentText()).toContain(part);
    }
  });

  it('are refused once: then the gateway knows that the model takes none', async () => {
    const more = { model: 'claude-opus-4.5' };
    const outcomes = () => conversations().map(({ outcome }) => outcome);
    expect((await ask(gateway, [words, document(pdf('First'))], more)).status).toBe(200);
    expect(outcomes()).toEqual(['refused', 'accepted']);
    simulator.reset();
    expect((await ask(gateway, [words, document(pdf('Second'))], more)).status).toBe(200);
    expect(outcomes()).toEqual(['accepted']);
    expect(sentText()).toContain('Second');
  });

  it('go as their text from a tool result too', async () => {
    const response = await askAfterTool(gateway, [document(pdf('What was read'))], { model: WITHOUT_DOCUMENTS });
    expect(response.status).toBe(200);
    expect(sentText()).toContain('What was read');
  });

  it.each([
    ['without text', pdf('')],
    ['with a password', encryptedPdf()],
  ])('%s are a 400 that names the place where the model takes none', async (_what, bytes) => {
    await expectRefusal(
      await ask(gateway, [words, document(bytes)], { model: WITHOUT_DOCUMENTS }),
      'messages.0.content.1.document.source.base64.data: the document has no text that could be extracted, and the model takes no documents',
    );
    expect(conversations().filter(({ outcome }) => outcome === 'accepted')).toEqual([]);
  });

  it('that are none are a 400 for every model', async () => {
    await expectRefusal(
      await ask(gateway, [document(Buffer.from('<html>'))], { model: WITH_DOCUMENTS }),
      'messages.0.content.0.document.source.base64.data: The PDF specified was not valid.',
    );
    expect(conversations()).toEqual([]);
  });

  it('leave no word of theirs in the log', async () => {
    await ask(gateway, [document(pdf('Confidential words'))], { model: WITHOUT_DOCUMENTS });
    await eventually(() => conversations().length > 0);
    expect(JSON.stringify(gateway.logs)).not.toContain('Confidential');
  });
});
