import { ApiProperty } from '@nestjs/swagger';
import type { AuditEventEntity } from '../../../audit/audit-event.entity.js';

/** An event of the audit log. */
export class AuditEventDto {
  /** @example '5d0c7f9e-4f7e-4f0b-9a55-0f1f5f2a9b1d' */
  id: string;

  /**
   * Place in the chain; below 1: recorded before there was one.
   * @example 1204
   */
  sequence: number;

  /**
   * Of this event and all before it; `npm run audit -- verify --head SEQUENCE:HASH` compares.
   * @example '9f2c…'
   */
  hash: string | null;

  /** @example '2026-11-20T12:34:56.000Z' */
  at: string;

  /**
   * Name of the key; `command line` or `system`.
   * @example 'laptop'
   */
  actor: string;

  /** @example '0b0e0c7e-7f0a-4a53-a8c5-6a9f2c1f9d11' */
  keyId: string | null;

  /** @example '192.0.2.7' */
  address: string | null;

  /**
   * Of what was refused before it was known what it is: the route.
   * @example 'account.update'
   */
  action: string;

  /** Id of what it was done to. */
  target: string | null;

  /**
   * `success`, `refused` or `failed`.
   * @example 'success'
   */
  outcome: string;

  /** What changed, before and after; never a secret. */
  @ApiProperty({ type: 'object', additionalProperties: true, nullable: true, example: { weight: { from: 1, to: 3 } } })
  details: unknown;

  /** @example 'req_0f1f5f2a9b1d4f7e9a550f1f5f2a9b1d' */
  requestId: string | null;
}

/** A page of events, the newest first. */
export class AuditPageDto {
  data: AuditEventDto[];

  /**
   * `cursor` of the next page; null after the last one.
   * @example null
   */
  nextCursor: string | null;
}

export function encodeAuditEvent(event: AuditEventEntity): AuditEventDto {
  const { id, sequence, hash, at, actor, keyId, address, action, target, outcome, details, requestId } = event;
  return {
    ...{ id, sequence, hash, at: at.toISOString(), actor, keyId, address, action, target, outcome },
    details: details === null ? null : parseDetails(details),
    requestId,
  };
}

/** What is no JSON any more, somebody else wrote: shown as it is. */
function parseDetails(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
