import { readFile } from 'node:fs/promises';
import { expect, it, jest } from '@jest/globals';
import { describeOnEachDatabase } from '../../../test/support/databases.js';
import {
  answerItem,
  keep,
  openResponseStore,
  type ResponseStoreRoom,
  responseOf,
  textsOf,
  userMessage,
} from '../../../test/support/response-store-room.js';
import { LARGEST_BODY_BYTES, MOST_ITEMS } from './response-writer.js';
import { LONGEST_CHAIN } from './stored-conversations.js';

const ALL = { limit: 100, order: 'asc', after: undefined } as const;
const DAY = 24 * 3600;
const TABLES = ['stored_items', 'stored_responses', 'stored_item_uses'];

const notFound = { kind: 'not_found' };
const noPrevious = (id: string) => ({
  kind: 'invalid_request',
  code: 'previous_response_not_found',
  path: 'previous_response_id',
  message: `Previous response with id '${id}' not found.`,
});

async function rowsOf({ dataSource }: ResponseStoreRoom, table: string): Promise<number> {
  return (await dataSource.query(`SELECT * FROM ${table}`)).length;
}

async function unstored({ metrics }: ResponseStoreRoom): Promise<string[]> {
  const text = await metrics.registry.getSingleMetricAsString('amq_gateway_unstored_responses_total');
  return [...text.matchAll(/reason="(\w+)"\} [1-9]/g)].map(([, reason = '']) => reason);
}

describeOnEachDatabase('the store of responses', (database) => {
  it('gives a response back as it was told, its output in place', async () => {
    const room = await openResponseStore(database());
    expect(await keep(room, 'key', 'one')).toBe(true);
    expect(await room.store.get('key', 'resp_one')).toEqual(
      responseOf('resp_one', [answerItem('msg_one', 'answer of one')]),
    );
    const { data } = await room.store.inputItems('key', 'resp_one', ALL);
    expect(data).toEqual([
      {
        id: expect.stringMatching(/^msg_[0-9a-f]{40}$/),
        type: 'message',
        role: 'user',
        content: [{ type: 'input_text', text: 'question of one' }],
      },
    ]);
    expect(await unstored(room)).toEqual([]);
  });

  it('finds an item as soon as it is kept, before its response is', async () => {
    const room = await openResponseStore(database());
    const recorder = room.store.recorder('key', { newItems: [], previousResponseId: undefined });
    const item = answerItem('msg_one', 'hello');
    await recorder.item(item);
    expect((await room.store.find('key', undefined, ['msg_one'])).items).toEqual(new Map([['msg_one', item]]));
    await expect(room.store.get('key', 'resp_one')).rejects.toMatchObject(notFound);
  });

  it('finds what was said before, the oldest first, and what else is named', async () => {
    const room = await openResponseStore(database());
    await keep(room, 'key', 'one');
    await keep(room, 'key', 'two', { previous: 'one' });
    await keep(room, 'key', 'three', { previous: 'two' });
    await keep(room, 'key', 'other');
    const found = await room.store.find('key', 'resp_three', ['msg_other', 'msg_nobody', 'msg\0', 'm'.repeat(9_999)]);
    expect(textsOf(found.previous)).toEqual(
      ['one', 'two', 'three'].flatMap((id) => [`question of ${id}`, `answer of ${id}`]),
    );
    expect(found.items.get('msg_other')).toEqual(answerItem('msg_other', 'answer of other'));
    expect([...found.items.keys()]).not.toContain('msg_nobody');
  });

  it.each([
    ['unknown', 'resp_nobody'],
    ['no text for a database', 'resp_\0'],
    ['empty', ''],
    ['endless', 'r'.repeat(9_999)],
  ])('has nothing of an id that is %s', async (_what, id) => {
    const room = await openResponseStore(database());
    await expect(room.store.find('key', id, [])).rejects.toMatchObject(noPrevious(id.slice(0, 100)));
    await expect(room.store.get('key', id)).rejects.toMatchObject(notFound);
    await expect(room.store.delete('key', id)).rejects.toMatchObject(notFound);
    await expect(room.store.inputItems('key', id, ALL)).rejects.toMatchObject(notFound);
  });

  it('has nothing for a stranger, and lets one delete nothing', async () => {
    const room = await openResponseStore(database());
    await keep(room, 'key', 'one');
    await expect(room.store.get('stranger', 'resp_one')).rejects.toMatchObject(notFound);
    await expect(room.store.delete('stranger', 'resp_one')).rejects.toMatchObject(notFound);
    await expect(room.store.inputItems('stranger', 'resp_one', ALL)).rejects.toMatchObject(notFound);
    await expect(room.store.find('stranger', 'resp_one', [])).rejects.toMatchObject(noPrevious('resp_one'));
    expect((await room.store.find('stranger', undefined, ['msg_one'])).items.size).toBe(0);
    expect(await room.store.get('key', 'resp_one')).toMatchObject({ id: 'resp_one' });
  });

  it("does not follow a chain into another key's responses", async () => {
    const room = await openResponseStore(database());
    await keep(room, 'stranger', 'one');
    await keep(room, 'key', 'two', { previous: 'one' });
    await expect(room.store.find('key', 'resp_two', [])).rejects.toMatchObject(noPrevious('resp_one'));
  });

  it('names the same words of two keys differently', async () => {
    const room = await openResponseStore(database());
    const input = [userMessage('hello')];
    for (const key of ['key', 'stranger']) await keep(room, key, `of_${key}`, { input });
    const [mine, theirs] = await Promise.all(
      ['key', 'stranger'].map((key) => room.store.inputItems(key, `resp_of_${key}`, ALL)),
    );
    expect(mine?.data[0]?.id).not.toBe(theirs?.data[0]?.id);
  });

  it('keeps a conversation that is sent whole with each step once', async () => {
    const room = await openResponseStore(database());
    const input = [userMessage('question')];
    for (const step of ['one', 'two', 'three']) {
      expect(await keep(room, 'key', step, { input: [...input] })).toBe(true);
      // As the AI SDK does: what was said by reference, what its tools said in full.
      const { items } = await room.store.find('key', undefined, [`msg_${step}`]);
      input.push(...items.values(), { type: 'function_call_output', call_id: `call_${step}`, output: 'sunny' });
    }
    expect(await rowsOf(room, 'stored_items')).toBe(1 + 3 + 2);
    const { data } = await room.store.inputItems('key', 'resp_three', ALL);
    expect(data.map(({ id }) => id)).toEqual([
      expect.stringMatching(/^msg_/),
      'msg_one',
      expect.stringMatching(/^fco_/),
      'msg_two',
      expect.stringMatching(/^fco_/),
    ]);
  });

  it('keeps what is said twice in a request as two items', async () => {
    const room = await openResponseStore(database());
    const input = ['go on', 'go on', 'stop', 'go on'].map(userMessage);
    await keep(room, 'key', 'one', { input });
    const { data } = await room.store.inputItems('key', 'resp_one', ALL);
    expect(textsOf(data)).toEqual(['go on', 'go on', 'stop', 'go on']);
    expect(new Set(data.map(({ id }) => id)).size).toBe(4);
    await keep(room, 'key', 'two', { input });
    expect((await room.store.inputItems('key', 'resp_two', ALL)).data).toEqual(data);
  });

  it('does not look at an id that a client gave to words of its own', async () => {
    const room = await openResponseStore(database());
    await keep(room, 'key', 'one');
    await keep(room, 'key', 'two', { input: [{ ...userMessage('something else'), id: 'msg_one' }] });
    const { items } = await room.store.find('key', undefined, ['msg_one']);
    expect(textsOf(items.values())).toEqual(['answer of one']);
    expect(textsOf((await room.store.inputItems('key', 'resp_two', ALL)).data)).toEqual(['something else']);
  });

  it('pages through the input items, the newest first', async () => {
    const room = await openResponseStore(database());
    await keep(room, 'key', 'one', { input: ['a', 'b', 'c'].map(userMessage) });
    const first = await room.store.inputItems('key', 'resp_one', { limit: 2, order: 'desc', after: undefined });
    expect([textsOf(first.data), first.hasMore]).toEqual([['c', 'b'], true]);
    const after = String(first.data.at(-1)?.id);
    const second = await room.store.inputItems('key', 'resp_one', { limit: 2, order: 'desc', after });
    expect([textsOf(second.data), second.hasMore]).toEqual([['a'], false]);
  });

  it('deletes a response with the items that no other has', async () => {
    const room = await openResponseStore(database());
    const shared = userMessage('shared');
    await keep(room, 'key', 'one', { input: [shared, userMessage('own')] });
    const { items } = await room.store.find('key', undefined, ['msg_one']);
    await keep(room, 'key', 'two', { input: [shared, ...items.values()] });
    await room.store.delete('key', 'resp_one');
    await expect(room.store.get('key', 'resp_one')).rejects.toMatchObject(notFound);
    await expect(room.store.delete('key', 'resp_one')).rejects.toMatchObject(notFound);
    expect(textsOf((await room.store.inputItems('key', 'resp_two', ALL)).data)).toEqual(['shared', 'answer of one']);
    expect(await rowsOf(room, 'stored_items')).toBe(3);
    await room.store.delete('key', 'resp_two');
    for (const table of TABLES) expect(await rowsOf(room, table)).toBe(0);
  });

  it('does not go on after a response that was deleted, or that anything is missing of', async () => {
    const room = await openResponseStore(database());
    await keep(room, 'key', 'one');
    await keep(room, 'key', 'two', { previous: 'one' });
    await room.dataSource.query("DELETE FROM stored_items WHERE id = 'msg_two'");
    await expect(room.store.find('key', 'resp_two', [])).rejects.toMatchObject(noPrevious('resp_two'));
    await expect(room.store.get('key', 'resp_two')).rejects.toMatchObject(notFound);
    await keep(room, 'key', 'three', { previous: 'one' });
    await room.store.delete('key', 'resp_one');
    await expect(room.store.find('key', 'resp_three', [])).rejects.toMatchObject(noPrevious('resp_one'));
  });

  it('forgets what is not used for the time that is set', async () => {
    const room = await openResponseStore(database(), { STORED_RESPONSES_TTL: String(30 * DAY) });
    await keep(room, 'key', 'one');
    room.clock.advance(30 * DAY - 1);
    expect(await room.store.get('key', 'resp_one')).toMatchObject({ id: 'resp_one' });
    room.clock.advance(1);
    await expect(room.store.get('key', 'resp_one')).rejects.toMatchObject(notFound);
    await expect(room.store.find('key', 'resp_one', [])).rejects.toMatchObject(noPrevious('resp_one'));
    room.clock.advance(600);
    expect((await room.store.find('key', undefined, ['msg_one'])).items.size).toBe(0);
  });

  it('keeps a conversation that goes on, all of it, however long ago it began', async () => {
    const room = await openResponseStore(database(), { STORED_RESPONSES_TTL: String(30 * DAY) });
    await keep(room, 'key', 'one');
    await keep(room, 'key', 'two', { previous: 'one' });
    for (let month = 0; month < 3; month++) {
      room.clock.advance(29 * DAY);
      const found = await room.store.find('key', 'resp_two', []);
      expect(textsOf(found.previous)).toHaveLength(4);
      await room.cleaner.clean();
    }
  });

  it('keeps what is referred to or sent again, too', async () => {
    const room = await openResponseStore(database(), { STORED_RESPONSES_TTL: String(30 * DAY) });
    const input = [userMessage('question')];
    await keep(room, 'key', 'one', { input });
    for (const id of ['two', 'three', 'four']) {
      room.clock.advance(29 * DAY);
      const { items } = await room.store.find('key', undefined, ['msg_one']);
      expect(textsOf(items.values())).toEqual(['answer of one']);
      await keep(room, 'key', id, { input: [...input, ...items.values()] });
      await room.cleaner.clean();
    }
    expect(textsOf((await room.store.inputItems('key', 'resp_four', ALL)).data)).toEqual(['question', 'answer of one']);
  });

  it('keeps all of a response as long as the response, though some of it is older', async () => {
    const room = await openResponseStore(database(), { STORED_RESPONSES_TTL: String(30 * DAY) });
    const input = [userMessage('question')];
    await keep(room, 'key', 'one', { input });
    room.clock.advance(29 * DAY);
    await keep(room, 'key', 'two', { input });
    room.clock.advance(30 * DAY - 1);
    await room.cleaner.clean();
    expect(textsOf((await room.store.find('key', 'resp_two', [])).previous)).toEqual(['question', 'answer of two']);
  });

  it('writes nothing when what was just used is used again', async () => {
    const room = await openResponseStore(database());
    await keep(room, 'key', 'one');
    const before = await room.dataSource.query('SELECT id, expires_at FROM stored_items ORDER BY id');
    room.clock.advance(500);
    await room.store.find('key', 'resp_one', ['msg_one']);
    expect(await room.dataSource.query('SELECT id, expires_at FROM stored_items ORDER BY id')).toEqual(before);
    room.clock.advance(200);
    await room.store.find('key', 'resp_one', ['msg_one']);
    expect(await room.dataSource.query('SELECT id, expires_at FROM stored_items ORDER BY id')).not.toEqual(before);
  });

  it('replaces an expired item that lies there still', async () => {
    const room = await openResponseStore(database(), { STORED_RESPONSES_TTL: '100' });
    await keep(room, 'key', 'one', { input: [userMessage('hello')] });
    room.clock.advance(1_000);
    expect(await keep(room, 'key', 'two', { input: [userMessage('hello')] })).toBe(true);
    expect(textsOf((await room.store.inputItems('key', 'resp_two', ALL)).data)).toEqual(['hello']);
  });

  it('is the same for a second replica', async () => {
    await keep(await openResponseStore(database()), 'key', 'one');
    const second = await openResponseStore(database());
    expect(textsOf((await second.store.find('key', 'resp_one', [])).previous)).toEqual([
      'question of one',
      'answer of one',
    ]);
  });

  it('shows nobody who reads the database what was said', async () => {
    const room = await openResponseStore(database());
    const words = ['birthday surprise', 'a cake it is', 'get_weather', 'Berlin'];
    const call = { type: 'function_call', call_id: 'call_1', name: words[2], arguments: words[3] };
    await keep(room, 'key', 'one', { input: [userMessage(words[0] ?? ''), call], answer: words[1] });
    const rows = await Promise.all(TABLES.map((table) => room.dataSource.query(`SELECT * FROM ${table}`)));
    let bytes = JSON.stringify(rows);
    expect(bytes).toContain('msg_one');
    if (database().kind === 'sqlite') {
      for (const suffix of ['', '-wal']) bytes += await readFile(`${database().path}${suffix}`, 'latin1');
    }
    for (const word of [...words, ...words.map((each) => Buffer.from(each).toString('base64').slice(0, 6))]) {
      expect(bytes).not.toContain(word);
    }
  });

  it('keeps bodies where they are: a row that was moved to another key or id does not open', async () => {
    const room = await openResponseStore(database());
    await keep(room, 'key', 'one');
    await room.dataSource.query("UPDATE stored_items SET key_id = 'stranger' WHERE id = 'msg_one'");
    await expect(room.store.find('stranger', undefined, ['msg_one'])).rejects.toMatchObject({ kind: 'unavailable' });
  });

  it('keeps an item as large as the limit, and no larger one', async () => {
    const room = await openResponseStore(database());
    const bare = JSON.stringify(answerItem('msg_large', '')).length;
    const ofSize = (bytes: number) => 'x'.repeat(bytes - bare);
    expect(await keep(room, 'key', 'large', { answer: ofSize(LARGEST_BODY_BYTES) })).toBe(true);
    expect(await keep(room, 'key', 'large', { answer: ofSize(LARGEST_BODY_BYTES + 1) })).toBe(false);
    expect(await keep(room, 'key', 'input', { input: [userMessage(ofSize(LARGEST_BODY_BYTES + 100))] })).toBe(false);
    expect(await unstored(room)).toEqual(['too_large']);
  });

  it('keeps a response that fills its key to the limit, and no larger one', async () => {
    const measured = await openResponseStore(database());
    await keep(measured, 'other', 'one');
    const size = await measured.ages.sizeOf('other');
    const exact = await openResponseStore(database(), { STORED_RESPONSES_MAX_SIZE: `${size}b` });
    expect(await keep(exact, 'key', 'one')).toBe(true);
    const small = await openResponseStore(database(), { STORED_RESPONSES_MAX_SIZE: `${size - 1}b` });
    expect(await keep(small, 'stranger', 'one')).toBe(false);
    expect(await unstored(small)).toEqual(['too_large']);
    await expect(small.store.get('stranger', 'resp_one')).rejects.toMatchObject(notFound);
  });

  it('does not even begin with an item that is larger than all its key may keep', async () => {
    const room = await openResponseStore(database(), { STORED_RESPONSES_MAX_SIZE: '1kb' });
    expect(await keep(room, 'key', 'one', { answer: 'x'.repeat(1_024) })).toBe(false);
    for (const table of TABLES) expect(await rowsOf(room, table)).toBe(0);
  });

  it('keeps a response of as many items as the limit, and of no more', async () => {
    const room = await openResponseStore(database());
    const input = Array.from({ length: MOST_ITEMS - 1 }, (_, index) => userMessage(String(index)));
    expect(await keep(room, 'key', 'one', { input })).toBe(true);
    expect((await room.store.find('key', 'resp_one', [])).previous).toHaveLength(MOST_ITEMS);
    expect(await keep(room, 'key', 'two', { input: [...input, userMessage('more')] })).toBe(false);
    const digest = jest.spyOn(room.items, 'digest');
    expect(await keep(room, 'key', 'two', { input: [...input, userMessage('more'), userMessage('most')] })).toBe(false);
    expect(digest).not.toHaveBeenCalled();
    const names = Array.from({ length: MOST_ITEMS + 1 }, (_, index) => `msg_${index}`);
    await expect(room.store.find('key', undefined, names)).rejects.toMatchObject({
      kind: 'invalid_request',
      code: 'invalid_value',
      path: 'input',
    });
  });

  it('goes on after as many responses as the limit, and after no more', async () => {
    const room = await openResponseStore(database());
    const items = { input: [], output: [] };
    const now = room.clock.now();
    for (let number = 1; number <= LONGEST_CHAIN + 1; number++) {
      const previousId = number > 1 ? `resp_${number - 1}` : undefined;
      await room.responses.insert(
        'key',
        { id: `resp_${number}`, previousId, items, json: '{}', size: 2 },
        now,
        now + 1000,
      );
    }
    expect((await room.store.find('key', `resp_${LONGEST_CHAIN}`, [])).previous).toEqual([]);
    await expect(room.store.find('key', `resp_${LONGEST_CHAIN + 1}`, [])).rejects.toMatchObject({
      kind: 'invalid_request',
      code: 'invalid_value',
      path: 'previous_response_id',
    });
  });

  it('does not read a conversation that is larger than a request may be', async () => {
    const room = await openResponseStore(database(), { MAX_BODY_SIZE: '4kb' });
    const answer = 'x'.repeat(1_000);
    for (const [id, previous] of [['one'], ['two', 'one'], ['three', 'two']]) {
      expect(await keep(room, 'key', id ?? '', { previous, answer })).toBe(true);
    }
    expect((await room.store.find('key', 'resp_two', [])).previous).toHaveLength(4);
    await expect(room.store.find('key', 'resp_three', [])).rejects.toMatchObject({
      kind: 'context_length',
      path: 'previous_response_id',
    });
  });

  it('keeps nothing where nothing is to be kept', async () => {
    const room = await openResponseStore(database(), { STORED_RESPONSES_MAX_SIZE: '0b' });
    expect(await keep(room, 'key', 'one')).toBe(false);
    for (const table of TABLES) expect(await rowsOf(room, table)).toBe(0);
    expect(await unstored(room)).toEqual([]);
  });

  it('says so when the database is gone: what is asked for, and that nothing is kept', async () => {
    const room = await openResponseStore(database());
    await room.dataSource.destroy();
    expect(await keep(room, 'key', 'one')).toBe(false);
    expect(await unstored(room)).toEqual(['failed']);
    await expect(room.store.get('key', 'resp_one')).rejects.toMatchObject({ kind: 'unavailable', shouldRetry: true });
  });
});
