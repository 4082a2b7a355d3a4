import { GatewayError } from '../../core/errors.js';
import { invalidInput } from '../../core/protocols/openai/invalid-input.js';
import type { FoundItems } from '../../core/protocols/openai-responses/responses-request.js';
import type { ItemState, StoredItemRepository } from './stored-item.repository.js';
import type { ChainLink, StoredResponseRepository } from './stored-response.repository.js';
import type { StoredTimes } from './stored-times.js';

/** Responses that may stand one after the other. */
export const LONGEST_CHAIN = 1_000;
/** Items of one conversation. */
export const MOST_FOUND_ITEMS = 10_000;
/** How our ids look; what looks otherwise is nobody's, and no database is asked for it. */
const ID = /^[\w-]{1,128}$/;

/** Finds what requests refer to, and keeps alive what they use. */
export class StoredConversations {
  /** @param largest bytes of a conversation, bounded as those of a request are */
  constructor(
    private readonly items: StoredItemRepository,
    private readonly responses: StoredResponseRepository,
    private readonly times: StoredTimes,
    private readonly largest: number,
  ) {}

  /**
   * Four statements at most, and those that renew, however long the chain is.
   * @param itemIds unknown ones are absent in the answer
   * @throws GatewayError when a response of the chain is not there any more, or a limit is passed
   */
  async find(
    keyId: string,
    previousId: string | undefined,
    itemIds: readonly string[],
    now: number,
  ): Promise<FoundItems> {
    const chain = previousId === undefined ? [] : await this.chain(keyId, previousId, now);
    const before = chain.flatMap(({ items }) => [...items.input, ...items.output]);
    const ids = [...new Set([...before, ...itemIds.filter(isStoredId)])];
    const param = previousId === undefined ? 'input' : 'previous_response_id';
    checkCount(ids.length, param);
    const states = await this.items.states(keyId, ids, now);
    for (const link of chain) checkWhole(link, states);
    this.checkSize(states, param);
    const found = await this.items.read(keyId, [...states.keys()], now);
    await this.renew(keyId, chain, states, now);
    const previous = before.map((id) => found.get(id)).filter((item) => item !== undefined);
    return { previous, items: found };
  }

  /** The oldest first. */
  private async chain(keyId: string, previousId: string, now: number): Promise<ChainLink[]> {
    const links = isStoredId(previousId) ? await this.responses.chain(keyId, previousId, LONGEST_CHAIN + 1, now) : [];
    const oldest = links.at(-1);
    if (!oldest) throw notFound(previousId);
    if (links.length > LONGEST_CHAIN) {
      throw invalidInput(
        'invalid_value',
        'previous_response_id',
        `Invalid 'previous_response_id': more than ${LONGEST_CHAIN} responses stand before this one. Send the conversation as input instead.`,
      );
    }
    if (oldest.previousId !== undefined) throw notFound(oldest.previousId);
    return links.reverse();
  }

  /** Items first: a response never expires after them. */
  private async renew(
    keyId: string,
    chain: readonly ChainLink[],
    states: ReadonlyMap<string, ItemState>,
    now: number,
  ): Promise<void> {
    const items = [...states].filter(([, { expiresAt }]) => this.times.isItemOld(expiresAt, now)).map(([id]) => id);
    await this.items.renew(keyId, items, this.times.item(now));
    const responses = chain.filter(({ expiresAt }) => this.times.isResponseOld(expiresAt, now)).map(({ id }) => id);
    await this.responses.renew(keyId, responses, this.times.response(now));
  }

  private checkSize(states: ReadonlyMap<string, ItemState>, param: string): void {
    let bytes = 0;
    for (const { size } of states.values()) bytes += size;
    if (bytes <= this.largest) return;
    throw new GatewayError(
      'context_length',
      `The stored items of this conversation are ${bytes} bytes, more than the ${this.largest} that a request may have.`,
      { path: param },
    );
  }
}

export function isStoredId(id: string): boolean {
  return ID.test(id);
}

function checkCount(count: number, param: string): void {
  if (count <= MOST_FOUND_ITEMS) return;
  throw invalidInput(
    'invalid_value',
    param,
    `Invalid '${param}': refers to ${count} stored items, more than ${MOST_FOUND_ITEMS}.`,
  );
}

/** One whose item was dropped a moment ago is on its way out itself. */
function checkWhole({ id, items }: ChainLink, states: ReadonlyMap<string, ItemState>): void {
  const isHere = (itemId: string) => states.has(itemId);
  if (!items.input.every(isHere) || !items.output.every(isHere)) throw notFound(id);
}

/** In the service's own words (openai.md §10). */
function notFound(id: string): GatewayError {
  return invalidInput(
    'previous_response_not_found',
    'previous_response_id',
    `Previous response with id '${id.slice(0, 100)}' not found.`,
  );
}
