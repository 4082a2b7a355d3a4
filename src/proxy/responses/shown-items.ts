import type { Item } from '../../core/protocols/openai-responses/responses-request.js';

const ENCRYPTED_REASONING = 'reasoning.encrypted_content';

/** Whether a query asks for the encrypted content of reasoning; the SDKs write a list as `include[]`. */
export function includesEncryptedReasoning(query: Readonly<Record<string, unknown>>): boolean {
  return [query.include, query['include[]']].flat().includes(ENCRYPTED_REASONING);
}

/** Stored items as a client gets them: what replays reasoning is kept with it, and shown to who asks for it only. */
export function shownItems(items: readonly Item[], withEncryptedReasoning: boolean): readonly Item[] {
  if (withEncryptedReasoning) return items;
  return items.map((item) => {
    if (item.type !== 'reasoning') return item;
    const { encrypted_content: _hidden, ...shown } = item;
    return shown;
  });
}
