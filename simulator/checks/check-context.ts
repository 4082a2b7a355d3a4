import type { SimulatedAccount } from '../account.js';
import type { Binding } from '../answer.js';

/** Whose request is checked, and how it travelled. */
export interface CheckContext {
  account: SimulatedAccount;
  binding: Binding;
  contentType: string | undefined;
}
