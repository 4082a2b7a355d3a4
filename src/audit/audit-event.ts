/** Who did it: a caller with a key, a command on this machine, or the service itself. */
export interface Actor {
  /** The key's name, `command line` or `system`. */
  name: string;
  keyId?: string;
  /** Where a caller came from. */
  address?: string;
}

export const SYSTEM: Actor = { name: 'system' };
export const COMMAND_LINE: Actor = { name: 'command line' };

/** `refused`: it was not allowed or not possible. `failed`: it should have been possible. */
export const AUDIT_OUTCOMES = ['success', 'refused', 'failed'] as const;
export type AuditOutcome = (typeof AUDIT_OUTCOMES)[number];

/** Something that was done to an account, a key or a setting, or tried. Never holds a secret, whole or in part. */
export interface AuditEvent {
  actor: Actor;
  /** Such as `account.create`; of what was refused before anybody knew what it is: the route. */
  action: string;
  /** Id of what it was done to. */
  target?: string;
  /** Default `success`. */
  outcome?: AuditOutcome;
  /** What changed, before and after, by field; or how many. */
  details?: Readonly<Record<string, unknown>>;
}
