import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { simulatedModel } from '../../simulator/model-list.js';
import { failure, goodEnd, pause, reasoning, signature, stream, text } from '../../simulator/script.js';
import { Simulator } from '../../simulator/simulator.js';
import type { ConversationState } from '../../simulator/wire.js';
import { Affinities } from '../../src/accounts/pool/affinities.service.js';
import { conversationKey } from '../../src/accounts/pool/conversation-key.js';
import { adminApi } from '../support/admin-api.js';
import { eventually, post, QUESTION } from '../support/ask.js';
import { modelsKnown } from '../support/models-known.js';
import { ADMIN_KEY, type RunningGateway, startGateway } from '../support/start-gateway.js';

const ID = '0193a1f2-7b7c-7000-8000-0123456789ab';
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
/** Listed by the last account only. */
const SMALL_MODEL = 'small-model';

let simulator: Simulator;
let gateway: RunningGateway;
const admin = adminApi(() => gateway);

beforeAll(async () => {
  simulator = await Simulator.start();
  gateway = await startGateway(simulator, { accounts: 3, SESSION_AFFINITY_TTL: 3600 });
  simulator.accounts.at(-1)?.models.push(simulatedModel(SMALL_MODEL));
  await modelsKnown(gateway, simulator);
});
afterEach(async () => {
  simulator.reset();
  for (const { id } of simulator.accounts) {
    await admin('POST', `/v2/accounts/${id}/reset`);
    await admin('POST', `/v2/accounts/${id}/enable`);
  }
});
afterAll(async () => {
  await gateway.close();
  await simulator.close();
});

interface Turn {
  path?: string;
  headers?: Record<string, string>;
  body?: object;
}

interface Asked {
  account: string;
  /** What upstream was given as the conversation's id. */
  conversationId: string | undefined;
}

const inMessages = (body: object = {}, headers: Record<string, string> = {}): Turn => ({ headers, body });
const named = (conversation: string, body: object = {}): Turn =>
  inMessages(body, { 'x-conversation-id': conversation });

const sent = () =>
  simulator.requests
    .filter(({ operation }) => operation === 'GenerateAssistantResponse')
    .map(
      ({ body }) => (body as { conversationState: ConversationState & { conversationId: string } }).conversationState,
    );

async function ask({ path = '/v1/messages', headers, body = {} }: Turn): Promise<Asked> {
  const whole = path === '/v1/responses' ? { model: QUESTION.model, input: 'Hello', store: false } : QUESTION;
  const response = await post(gateway, { ...whole, ...body }, { path, headers });
  const said = await response.text();
  if (response.status !== 200) throw new Error(`${response.status}: ${said}`);
  return { account: response.headers.get('x-amq-account') ?? '', conversationId: sent().at(-1)?.conversationId };
}

async function askInTurn(turns: Turn[]): Promise<Asked[]> {
  const asked = [];
  for (const turn of turns) asked.push(await ask(turn));
  return asked;
}

const accountsOf = (asked: Asked[]) => new Set(asked.map(({ account }) => account));
const idsOf = (asked: Asked[]) => new Set(asked.map(({ conversationId }) => conversationId));
const says = (content: string) => ({ messages: [{ role: 'user', content }] });
const turnsOf = (turn: (words: string) => Turn) => ['one', 'two', 'three', 'four'].map(turn);
const inChat = (body: object, headers: Record<string, string> = {}): Turn => ({
  path: '/v1/chat/completions',
  headers,
  body,
});
const inResponses = (body: object, headers: Record<string, string> = {}): Turn => ({
  path: '/v1/responses',
  headers,
  body,
});

/** Each names the same conversation however its words go on. */
const WAYS: [string, (words: string) => Turn][] = [
  ['x-conversation-id', (words) => inMessages(says(words), { 'x-conversation-id': 'way-1' })],
  ["Claude Code's session header", (words) => inMessages(says(words), { 'x-claude-code-session-id': ID })],
  [
    "Claude Code's metadata.user_id",
    (words) => inMessages({ ...says(words), metadata: { user_id: JSON.stringify({ session_id: 'way-3' }) } }),
  ],
  [
    "an earlier Claude Code's metadata.user_id",
    (words) =>
      inMessages({ ...says(words), metadata: { user_id: `user_4f_account__session_${ID.replace('0', '1')}` } }),
  ],
  ["Codex's thread", (input) => inResponses({ input }, { 'thread-id': 'way-5', 'session-id': input })],
  ["Codex's session", (input) => inResponses({ input }, { 'session-id': 'way-6' })],
  ["an earlier Codex's conversation", (input) => inResponses({ input }, { conversation_id: 'way-7' })],
  ['a prompt_cache_key in Responses', (input) => inResponses({ input, prompt_cache_key: ID.replace('0', '2') })],
  [
    'a prompt_cache_key in Chat Completions',
    (words) => inChat({ ...says(words), prompt_cache_key: ID.replace('0', '3') }),
  ],
  ['x-conversation-id in Chat Completions', (words) => inChat(says(words), { 'x-conversation-id': 'way-10' })],
];

describe('a conversation', () => {
  it.each(WAYS)('that is known by %s stays at one account, under one id upstream', async (_what, turn) => {
    const asked = await askInTurn(turnsOf(turn));
    expect(accountsOf(asked).size).toBe(1);
    expect(idsOf(asked).size).toBe(1);
    expect(asked[0]?.conversationId).toMatch(UUID);
  });

  it.each<[string, (words: string) => Turn]>([
    ['a user by a plain metadata.user_id', (words) => inMessages({ ...says(words), metadata: { user_id: 'user-7' } })],
    ['a program by its prompt_cache_key', (words) => inChat({ ...says(words), prompt_cache_key: 'my-program' })],
  ])('of %s stays at one account, while each has an id of its own', async (_what, turn) => {
    const asked = await askInTurn(turnsOf(turn));
    expect(accountsOf(asked).size).toBe(1);
    expect(idsOf(asked).size).toBe(asked.length);
  });

  it.each<[string, (messages: object[]) => Turn]>([
    ['Messages', (messages) => inMessages({ messages, system: 'Be brief.' })],
    ['Chat Completions', (messages) => inChat({ messages: [{ role: 'system', content: 'Be brief.' }, ...messages] })],
    ['Responses', (input) => inResponses({ input, instructions: 'Be brief.' })],
  ])('that nobody names is known by how it began, in %s', async (_what, turn) => {
    const messages: object[] = [{ role: 'user', content: 'How do I begin?' }];
    const asked = [];
    for (let round = 0; round < 4; round++) {
      asked.push(await ask(turn(messages)));
      messages.push(
        { role: 'assistant', content: `Answer ${round}` },
        { role: 'user', content: `And then, ${round}?` },
      );
    }
    expect(accountsOf(asked).size).toBe(1);
    expect(idsOf(asked).size).toBe(1);
  });

  it('is not another one, which goes to whoever has its turn', async () => {
    const asked = await askInTurn(turnsOf((words) => named(`apart ${words}`)));
    expect(accountsOf(asked.slice(0, 3)).size).toBe(3);
    expect(idsOf(asked).size).toBe(4);
    const again = await askInTurn(turnsOf((words) => named(`apart ${words}`)));
    expect(again).toEqual(asked);
  });

  it('is its API key’s own: another key’s of the same name has another account and another id', async () => {
    const key = await admin('POST', '/v2/api-keys', { body: { name: 'another', scopes: ['inference'] } });
    const keys = [ADMIN_KEY, key.body.key as string];
    const turns = keys.map((each) => inMessages({}, { 'x-conversation-id': ID, 'x-api-key': each }));
    const [mine, another] = await askInTurn(turns);
    expect(another?.account).not.toBe(mine?.account);
    expect(another?.conversationId).not.toBe(mine?.conversationId);
    expect(await askInTurn(turns)).toEqual([mine, another]);
    expect(JSON.stringify(simulator.requests)).not.toContain(ID);
  });

  it('stays with two accounts where no one lists all its models', async () => {
    const last = simulator.accounts.at(-1)?.id;
    const turn = (conversation: string, model = QUESTION.model) => named(conversation, { model });
    // Of two conversations in a row one at least goes to somebody else.
    const begun = await askInTurn([turn('two models 1'), turn('two models 2')]);
    const index = begun.findIndex(({ account }) => account !== last);
    const conversation = `two models ${index + 1}`;
    const main = begun[index]?.account;
    const models = [SMALL_MODEL, QUESTION.model, SMALL_MODEL, QUESTION.model];
    const rest = await askInTurn(models.map((model) => turn(conversation, model)));
    expect(rest.map(({ account }) => account)).toEqual([last, main, last, main]);
    expect(idsOf(rest).size).toBe(1);
  });

  it('moves for good when its account can’t serve it any more', async () => {
    const first = await ask(named('moves'));
    await admin('POST', `/v2/accounts/${first.account}/disable`);
    const second = await ask(named('moves'));
    expect(second.account).not.toBe(first.account);
    await admin('POST', `/v2/accounts/${first.account}/enable`);
    expect(accountsOf(await askInTurn(turnsOf(() => named('moves'))))).toEqual(new Set([second.account]));
    expect(second.conversationId).toBe(first.conversationId);
  });

  it('moves for good to the account that answered after its own failed', async () => {
    const { account } = await ask(named('fails'));
    simulator.enqueue(
      failure(403, 'AccessDeniedException', 'Your User ID (x) temporarily is suspended', 'TEMPORARILY_SUSPENDED'),
    );
    const next = await ask(named('fails'));
    expect(next.account).not.toBe(account);
    await admin('POST', `/v2/accounts/${account}/reset`);
    expect(await ask(named('fails'))).toMatchObject({ account: next.account });
  });

  it('goes elsewhere only while its account is full', async () => {
    const { account } = await ask(named('spills'));
    await admin('PATCH', `/v2/accounts/${account}`, { body: { maxConcurrent: 1 } });
    try {
      simulator.enqueue(stream(text('held'), pause(60_000)));
      const leaving = new AbortController();
      const held = await post(
        gateway,
        { ...QUESTION, stream: true },
        { headers: { 'x-conversation-id': 'spills' }, signal: leaving.signal },
      );
      expect(held.headers.get('x-amq-account')).toBe(account);
      const meanwhile = await askInTurn(turnsOf(() => named('spills')));
      expect(accountsOf(meanwhile).has(account)).toBe(false);
      leaving.abort();
      await held.text().catch(() => undefined);
      await eventually(() => simulator.openStreams === 0);
      await eventually(async () => (await ask(named('spills'))).account === account);
      expect(accountsOf(await askInTurn(turnsOf(() => named('spills'))))).toEqual(new Set([account]));
    } finally {
      await admin('PATCH', `/v2/accounts/${account}`, { body: { maxConcurrent: null } });
    }
  });

  it('is bound to nobody any more when nobody can serve it', async () => {
    await ask(named('nobody'));
    const { data: keys } = (await admin('GET', '/v2/api-keys')).body as { data: { id: string }[] };
    const affinities = gateway.app.get(Affinities);
    const bound = () => keys.map(({ id }) => affinities.accountOf(conversationKey(id, 'nobody'))).filter(Boolean);
    expect(bound()).toHaveLength(1);
    for (const { id } of simulator.accounts) await admin('POST', `/v2/accounts/${id}/disable`);
    await expect(ask(named('nobody'))).rejects.toThrow('503');
    expect(bound()).toEqual([]);
  });

  it('is bound no more once an operator turns that off, and again once it is back', async () => {
    const turns = turnsOf(() => named('switched'));
    await admin('PATCH', '/v2/settings', { body: { affinity: { ttl: 0 } } });
    expect(accountsOf(await askInTurn(turns)).size).toBe(3);
    await admin('PATCH', '/v2/settings', { body: { affinity: { ttl: null } } });
    expect(accountsOf(await askInTurn(turns)).size).toBe(1);
  });

  it('keeps the id it was given after upstream refused the first one', async () => {
    const turn = named('refused');
    const refused = failure(400, 'ValidationException', 'Invalid conversation id.', 'INVALID_CONVERSATION_ID');
    const first = await ask(turn);
    simulator.enqueue(refused);
    const second = await ask(turn);
    expect(second.conversationId).toMatch(UUID);
    expect(second.conversationId).not.toBe(first.conversationId);
    expect(await ask(turn)).toEqual(second);
    expect(await ask(inMessages({}, { 'x-claude-code-session-id': 'refused' }))).toEqual(second);
  });

  it('takes its thinking along for as long as it stays, and leaves it behind when it moves', async () => {
    const messages: object[] = [];
    const replayed = () =>
      (sent().at(-1)?.history ?? []).flatMap(({ assistantResponseMessage }) =>
        assistantResponseMessage && 'reasoningContent' in assistantResponseMessage
          ? [
              (assistantResponseMessage.reasoningContent as { reasoningText: { signature: string } }).reasoningText
                .signature,
            ]
          : [],
      );
    const say = async (seal: string) => {
      messages.push({ role: 'user', content: `Before ${seal}` });
      simulator.enqueue(stream(reasoning('hm'), signature(seal), text(seal), goodEnd()));
      const response = await post(
        gateway,
        { ...QUESTION, thinking: { type: 'adaptive' }, messages },
        { headers: { 'x-conversation-id': 'thinks' } },
      );
      const { content } = (await response.json()) as { content: object };
      messages.push({ role: 'assistant', content });
      return response.headers.get('x-amq-account') ?? '';
    };
    const first = await say('seal-1');
    expect(await say('seal-2')).toBe(first);
    expect(replayed()).toEqual(['seal-1']);
    await admin('POST', `/v2/accounts/${first}/disable`);
    const second = await say('seal-3');
    expect(second).not.toBe(first);
    expect(replayed()).toEqual([]);
    await admin('POST', `/v2/accounts/${first}/enable`);
    expect(await say('seal-4')).toBe(second);
    expect(replayed()).toEqual(['seal-3']);
    expect(simulator.requests.every(({ outcome }) => outcome !== 'refused')).toBe(true);
  });
});
