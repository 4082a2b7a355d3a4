import type { AuditEvent } from '../../audit/audit-event.js';
import type { RouteScope } from '../access/scope.js';

/** Why somebody was not let in. `missing`: without any key; `blocked`: during the block of their address. */
export const AUTH_FAILURES = [
  'missing',
  'unknown',
  'disabled',
  'expired',
  'wrong_address',
  'missing_scope',
  'blocked',
] as const;
export type AuthFailure = (typeof AUTH_FAILURES)[number];

/** Somebody was not let in, or an address was blocked for it. Never holds a key. */
export interface SecurityEvent {
  reason: Exclude<AuthFailure, 'missing'>;
  /** Where they came from; undefined: it is not known, or they are several. */
  address?: string;
  /** Of the stored key. */
  keyId?: string;
  /** Its name, where it is good. */
  name?: string;
  /** First characters of a key that has the form of ours and is not stored: perhaps it was once. */
  prefix?: string;
  /** The scope it lacks. */
  scope?: RouteScope;
  /** How long an address is blocked. */
  seconds?: number;
}

/** @param times how often it happened since the last row about it; undefined: this once */
export function toAuditEvent(event: SecurityEvent, times?: number): AuditEvent {
  const { reason, address, keyId, name, ...particulars } = event;
  const isBlock = reason === 'blocked';
  return {
    actor: { name: name ?? (keyId ? `${reason} key` : 'unknown key'), keyId, address },
    action: isBlock ? 'address.block' : 'api-key.refuse',
    target: isBlock ? address : keyId,
    outcome: isBlock ? 'success' : 'refused',
    details: { reason, ...particulars, times },
  };
}
