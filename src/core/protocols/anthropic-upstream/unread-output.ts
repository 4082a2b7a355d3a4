import { countTextTokens } from '../../messages/count-tokens.js';

/** Characters of events that are kept until somebody wants to know; more of them would tell no more. */
const MOST_KEPT = 8 * 1024;
/** Where nothing could be kept. */
const CHARACTERS_PER_TOKEN = 4;

/** What the deltas of an answer come to, for an answer that says so itself in the end: read only where it does not. */
export class UnreadOutput {
  private readonly kept: string[] = [];
  private keptLength = 0;
  private length = 0;

  /** @param data of a `content_block_delta` */
  take(data: string): void {
    this.length += data.length;
    if (this.keptLength + data.length > MOST_KEPT) return;
    this.kept.push(data);
    this.keptLength += data.length;
  }

  /** By our own tokenizer; what was not kept is taken to be like the rest. */
  countTokens(): number {
    if (this.keptLength === 0) return this.length / CHARACTERS_PER_TOKEN;
    return (countTextTokens(this.kept.map(textIn).join('')) * this.length) / this.keptLength;
  }
}

function textIn(data: string): string {
  try {
    const { delta } = JSON.parse(data);
    const text: unknown = delta.text ?? delta.thinking ?? delta.partial_json;
    return typeof text === 'string' ? text : '';
  } catch {
    return '';
  }
}
