import { Logger } from '@nestjs/common';
import type { OutputItem } from '../../src/core/protocols/openai-responses/output/output-item.js';
import type { ResponseObject } from '../../src/core/protocols/openai-responses/response-object.js';
import type { Item } from '../../src/core/protocols/openai-responses/responses-request.js';
import { databaseSchema } from '../../src/database-schema.js';
import { Metrics } from '../../src/metrics/metrics.service.js';
import { readConfiguration } from '../../src/platform/config/configuration.js';
import { MemoryStateStore } from '../../src/platform/state/memory-state-store.js';
import { ResponseStore } from '../../src/proxy/responses/response-store.service.js';
import { StoredAgeRepository } from '../../src/proxy/responses/stored-age.repository.js';
import { StoredItemRepository } from '../../src/proxy/responses/stored-item.repository.js';
import { StoredResponseRepository } from '../../src/proxy/responses/stored-response.repository.js';
import { StoredResponseCleaner } from '../../src/proxy/responses/stored-response-cleaner.job.js';
import type { TestDatabase } from './databases.js';
import { TestClock } from './test-clock.js';

// What the store logs is what its tests provoke.
Logger.overrideLogger(false);

/** The store of one replica: everything real, on a test's own database. */
export async function openResponseStore(
  database: TestDatabase,
  environment: Record<string, string> = {},
  clock = new TestClock(),
) {
  const configuration = readConfiguration({ ...database.environment, ...environment });
  const dataSource = await database.open(databaseSchema.entities);
  const encryption = database.encryption();
  const items = new StoredItemRepository(dataSource, encryption);
  const responses = new StoredResponseRepository(dataSource, encryption);
  const ages = new StoredAgeRepository(dataSource);
  const metrics = new Metrics();
  database.whenRemoved(() => metrics.onApplicationShutdown());
  const cleaner = new StoredResponseCleaner(ages, new MemoryStateStore(), clock, configuration);
  const store = new ResponseStore(items, responses, cleaner, metrics, clock, configuration);
  return { dataSource, clock, items, responses, ages, metrics, cleaner, store };
}

export type ResponseStoreRoom = Awaited<ReturnType<typeof openResponseStore>>;

export const userMessage = (text: string): Item => ({ type: 'message', role: 'user', content: text });

export const answerItem = (id: string, text: string): OutputItem => ({
  id,
  type: 'message',
  role: 'assistant',
  status: 'completed',
  content: [{ type: 'output_text', text, annotations: [], logprobs: [] }],
});

/** As much of a response object as the store looks at, and a field that it does not. */
export const responseOf = (id: string, output: readonly OutputItem[]): ResponseObject =>
  ({ id, object: 'response', status: 'completed', store: true, model: 'claude', output }) as unknown as ResponseObject;

/**
 * Keeps a response as an answer does: its output items, then itself. Whether it was kept as a whole.
 * @param id without its prefix; its one output item is named after it
 */
export async function keep(
  { store }: Pick<ResponseStoreRoom, 'store'>,
  keyId: string,
  id: string,
  { input = [userMessage(`question of ${id}`)], previous, answer = `answer of ${id}` }: KeptResponse = {},
): Promise<boolean> {
  const previousResponseId = previous === undefined ? undefined : `resp_${previous}`;
  const recorder = store.recorder(keyId, { newItems: input, previousResponseId });
  const output = [answerItem(`msg_${id}`, answer)];
  for (const item of output) await recorder.item(item);
  return recorder.response(responseOf(`resp_${id}`, output));
}

interface KeptResponse {
  input?: readonly Item[];
  /** Without its prefix. */
  previous?: string;
  answer?: string;
}

/** The texts of messages, whoever said them. */
export function textsOf(items: Iterable<Item>): string[] {
  return [...items].flatMap((item) => (item.content as { text: string }[]).map(({ text }) => text));
}
