import { Injectable, Logger } from '@nestjs/common';
import { GatewayError } from '../../core/errors.js';
import type { FoundItems, Item, JsonObject } from '../../core/protocols/openai-responses/responses-request.js';
import { Metrics } from '../../metrics/metrics.service.js';
import { Clock } from '../../platform/clock.js';
import { Configuration } from '../../platform/config/configuration.js';
import { LineBudget } from '../../platform/logging/line-budget.js';
import { BoundedWrites } from './bounded-writes.js';
import { type IdentifiedItem, ItemIdentities } from './item-identity.js';
import type { ListQuery } from './list-query.js';
import { pageOfIds } from './page-of-ids.js';
import { ResponseRecorder } from './response-recorder.js';
import { MOST_ITEMS, ResponseWriter, TooLargeError } from './response-writer.js';
import { isStoredId, StoredConversations } from './stored-conversations.js';
import { StoredItemRepository } from './stored-item.repository.js';
import { StoredResponseRepository } from './stored-response.repository.js';
import { StoredResponseCleaner } from './stored-response-cleaner.job.js';
import { StoredTimes } from './stored-times.js';
import { withinTime } from './within-time.js';

/** What is known of a response before its answer begins. */
export interface ResponseBeginning {
  /** The request's own input items, in place of a reference what it names. */
  newItems: readonly Item[];
  previousResponseId: string | undefined;
}

/** A page of a response's input items. */
export interface InputItemPage {
  data: readonly Item[];
  hasMore: boolean;
}

const NOTHING: FoundItems = { previous: [], items: new Map() };

/**
 * Responses and their items, each API key's own (openai.md §10): what one key keeps is not there for another. Reading
 * rejects with a GatewayError, `unavailable` where the database does not answer; writing goes through a recorder.
 */
@Injectable()
export class ResponseStore {
  private readonly logger = new Logger('StoredResponses');
  private readonly lines = new LineBudget();
  private readonly writes = new BoundedWrites();
  private readonly times: StoredTimes;
  private readonly conversations: StoredConversations;
  private readonly largestResponse: number;
  /** Items as they were read: they have their ids already. */
  private readonly found = new WeakSet<Item>();

  constructor(
    private readonly items: StoredItemRepository,
    private readonly responses: StoredResponseRepository,
    private readonly cleaner: StoredResponseCleaner,
    private readonly metrics: Metrics,
    private readonly clock: Clock,
    { settings }: Configuration,
  ) {
    this.times = new StoredTimes(settings.STORED_RESPONSES_TTL);
    this.conversations = new StoredConversations(items, responses, this.times, settings.MAX_BODY_SIZE);
    // A larger one could not be gone on with.
    this.largestResponse = Math.min(settings.STORED_RESPONSES_MAX_SIZE, settings.MAX_BODY_SIZE);
  }

  /**
   * What a request refers to. Hand on the items as they are: what comes back as one of the `newItems` of a recorder is
   * known by that.
   * @param itemIds unknown ones are absent in the answer
   * @throws GatewayError `previous_response_not_found`, or what a limit says
   */
  async find(keyId: string, previousResponseId: string | undefined, itemIds: readonly string[]): Promise<FoundItems> {
    if (previousResponseId === undefined && itemIds.length === 0) return NOTHING;
    const found = await this.answered(() =>
      this.conversations.find(keyId, previousResponseId, itemIds, this.clock.now()),
    );
    for (const item of found.items.values()) this.found.add(item);
    return found;
  }

  /** For one answer that its client wants kept. */
  recorder(keyId: string, { newItems, previousResponseId }: ResponseBeginning): ResponseRecorder {
    const writer = new ResponseWriter({
      keyId,
      previousId: previousResponseId,
      inputItems: () => this.identified(keyId, newItems),
      items: this.items,
      responses: this.responses,
      times: this.times,
      now: () => this.clock.now(),
      wrote: (bytes) => this.cleaner.wrote(keyId, bytes),
      largestResponse: this.largestResponse,
    });
    return new ResponseRecorder(writer, this.writes, this.metrics, this.lines, this.largestResponse > 0);
  }

  /**
   * The whole response object.
   * @throws GatewayError `not_found`
   */
  get(keyId: string, id: string): Promise<JsonObject & { output: readonly Item[] }> {
    return this.answered(async () => {
      const now = this.clock.now();
      const stored = isStoredId(id) ? await this.responses.read(keyId, id, now) : undefined;
      if (!stored) throw notFound(id);
      return { ...stored.body, output: await this.whole(keyId, id, stored.items.output, now) };
    });
  }

  /**
   * Deletes a response, and those of its items that no other response of the key has.
   * @throws GatewayError `not_found`
   */
  delete(keyId: string, id: string): Promise<void> {
    return this.answered(async () => {
      const now = this.clock.now();
      const items = isStoredId(id) ? await this.responses.readItems(keyId, id, now) : undefined;
      if (!items || !(await this.responses.delete(keyId, id))) throw notFound(id);
      await this.items.deleteUnused(keyId, [...new Set([...items.input, ...items.output])], now);
    });
  }

  /**
   * What the request of a response brought itself; not what stood before it.
   * @throws GatewayError `not_found`; `invalid_request` when the page begins after an item that is not there
   */
  inputItems(keyId: string, id: string, query: ListQuery): Promise<InputItemPage> {
    return this.answered(async () => {
      const now = this.clock.now();
      const items = isStoredId(id) ? await this.responses.readItems(keyId, id, now) : undefined;
      if (!items) throw notFound(id);
      const { ids, hasMore } = pageOfIds(items.input, query);
      return { data: await this.whole(keyId, id, ids, now), hasMore };
    });
  }

  /** @throws GatewayError `not_found` when one is missing: the response is on its way out */
  private async whole(keyId: string, id: string, itemIds: readonly string[], now: number): Promise<Item[]> {
    const found = await this.items.read(keyId, itemIds, now);
    return itemIds.map((itemId) => {
      const item = found.get(itemId);
      if (!item) throw notFound(id);
      return item;
    });
  }

  /** @throws TooLargeError before any work on items that are too many to be kept */
  private identified(keyId: string, items: readonly Item[]): IdentifiedItem[] {
    if (items.length > MOST_ITEMS) throw new TooLargeError(`more than ${MOST_ITEMS} items`);
    const identities = new ItemIdentities((text) => this.items.digest(keyId, text));
    return items.map((item) =>
      this.found.has(item) && typeof item.id === 'string'
        ? { id: item.id, held: 0, json: () => JSON.stringify(item) }
        : identities.identify(item),
    );
  }

  private async answered<T>(read: () => Promise<T>): Promise<T> {
    try {
      return await withinTime(read());
    } catch (error) {
      if (error instanceof GatewayError) throw error;
      const { name, message } = Error.isError(error) ? error : { name: 'Error', message: String(error) };
      const line = this.lines.take('unread');
      const msg = 'Stored responses cannot be read';
      if (line) this.logger.error({ ...line, msg, error: `${name}: ${message.slice(0, 200)}` });
      throw new GatewayError('unavailable', 'Stored responses cannot be read at the moment.', { shouldRetry: true });
    }
  }
}

function notFound(id: string): GatewayError {
  return new GatewayError('not_found', `Response with id '${id.slice(0, 100)}' not found.`);
}
