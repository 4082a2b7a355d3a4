import { timingSafeEqual } from 'node:crypto';
import type { Encryption } from '../platform/encryption/encryption.js';
import type { AuditEndEntity } from './audit-end.entity.js';
import type { AuditEventEntity } from './audit-event.entity.js';
import { type ChainEnd, type ChainEnds, END_NAMES, type EndName } from './chain-end.js';

/** An entry without its hash. */
export type UnsealedEntry = Omit<AuditEventEntity, 'hash'>;

/** Signs entries of the audit log with a key that is not in the database (HMAC-SHA-256). */
export class AuditSeal {
  constructor(private readonly encryption: Encryption) {}

  /** Over every field, the place in the chain and the entry before: a JSON list has one reading only. */
  hashOf(entry: UnsealedEntry): string {
    return this.encryption.digest(
      JSON.stringify([
        'entry',
        entry.sequence,
        entry.previousHash,
        entry.id,
        entry.at.getTime(),
        entry.actor,
        entry.keyId,
        entry.address,
        entry.action,
        entry.target,
        entry.outcome,
        entry.details,
        entry.requestId,
      ]),
      'audit',
    );
  }

  isRight(entry: AuditEventEntity): boolean {
    return isSame(entry.hash, this.hashOf(entry));
  }

  sealEnd(name: EndName, { sequence, hash }: ChainEnd): AuditEndEntity {
    return {
      name,
      sequence,
      hash,
      mac: this.encryption.digest(JSON.stringify(['end', name, sequence, hash]), 'audit'),
    };
  }

  /** @returns undefined when one is not there, or was changed by somebody else */
  openEnds(rows: readonly AuditEndEntity[]): ChainEnds | undefined {
    const ends = new Map<EndName, ChainEnd>();
    for (const { name, sequence, hash, mac } of rows) {
      if (isSame(mac, this.sealEnd(name, { sequence, hash }).mac)) ends.set(name, { sequence, hash });
    }
    const [first, last, before] = END_NAMES.map((name) => ends.get(name));
    return first && last && before && { first, last, before };
  }
}

function isSame(stored: string | null, right: string): boolean {
  if (typeof stored !== 'string') return false;
  const [one, other] = [Buffer.from(stored), Buffer.from(right)];
  return one.length === other.length && timingSafeEqual(one, other);
}
