import type { AccountStatus } from '../../account.js';
import { AccountDto } from '../../admin/dto/account.dto.js';

/** How one real, minimal request through an account ended. */
export class ProbeDto {
  /** @example true */
  ok: boolean;

  /**
   * What was asked: the cheapest the account lists.
   * @example 'claude-haiku-4.5'
   */
  model: string;

  /**
   * Milliseconds from the question to the end of the answer.
   * @example 840
   */
  latencyMs: number;

  /**
   * The service's own words, or ours; absent when it was answered.
   * @example 'Your User ID (d-0000000000.example) temporarily is suspended.'
   */
  error?: string;
}

export class ProbedAccountDto extends AccountDto {
  probe: ProbeDto;
}

export class AccountProbeDto {
  /** @example '3f1c9a52-6f0e-4d5b-9b57-0c1f7a2d8e44' */
  id: string;

  /** @example true */
  ok: boolean;

  /**
   * Of the account, after the probe.
   * @example 'active'
   */
  status: AccountStatus;

  /**
   * The service's own words, or ours; absent when it was answered.
   * @example 'You have reached the limit for monthly requests.'
   */
  error?: string;

  /**
   * Milliseconds from the question to the end of the answer.
   * @example 840
   */
  latencyMs: number;
}

export class AccountProbesDto {
  data: AccountProbeDto[];
}
