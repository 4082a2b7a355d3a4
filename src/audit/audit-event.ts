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

/** Something that was done to an account, a key or a setting, or tried. Never holds a secret, whole or in part. */
export interface AuditEvent {
  actor: Actor;
  /** Such as `account.create`. */
  action: string;
  /** Id of what it was done to. */
  target?: string;
  outcome?: 'success' | 'refused';
  /** What changed, before and after, by field; or how many. */
  details?: Readonly<Record<string, unknown>>;
}
