import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { StateStore } from '../../platform/state/state-store.js';

/** As long as a conversation is likely to go on after a pause. */
const REMEMBERED_SECONDS = 24 * 3600;

/** An account, and the model it asked. Neither's id has a space in it. */
export interface SignatureMaker {
  accountId: string;
  /** As upstream calls it. */
  modelId: string;
}

/**
 * Which account and model made which signature of thinking (or piece of redacted thinking): upstream refuses that of
 * another account (amazon-q.md §2.9), and one model can't go on with another's. A client gets them unchanged, so nothing in them tells; they are remembered by their
 * SHA-256, and of one that nobody remembers the maker is unknown.
 */
@Injectable()
export class SignatureMakers {
  constructor(private readonly state: StateStore) {}

  /** Never rejects. */
  async remember(signature: string, maker: SignatureMaker): Promise<void> {
    await this.state.remember(keyOf(signature), nameOf(maker), REMEMBERED_SECONDS);
  }

  /** Those of the signatures this maker is known to have made. Never rejects. */
  async madeBy(maker: SignatureMaker, signatures: readonly string[]): Promise<ReadonlySet<string>> {
    const makers = await this.state.recall(signatures.map(keyOf));
    const name = nameOf(maker);
    return new Set(signatures.filter((_, index) => makers[index] === name));
  }

  /** Signatures their own maker refused: it would do so again. Never rejects. */
  async forget(signatures: Iterable<string>): Promise<void> {
    await this.state.forget(Array.from(signatures, keyOf));
  }
}

function nameOf({ accountId, modelId }: SignatureMaker): string {
  return `${accountId} ${modelId}`;
}

function keyOf(signature: string): string {
  return `signature:${createHash('sha256').update(signature).digest('base64url')}`;
}
