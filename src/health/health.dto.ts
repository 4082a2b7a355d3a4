/** How one real, minimal request ended. */
export class HealthTestDto {
  /** @example true */
  ok: boolean;

  /** @example 'claude-haiku-4.5' */
  model: string;

  /** @example 840 */
  latency_ms: number;

  /**
   * Absent when it was answered.
   * @example 'The upstream account is suspended.'
   */
  error?: string;
}

/** How the gateway is. */
export class HealthDto {
  /** @example 'healthy' */
  status: 'healthy' | 'degraded' | 'unhealthy';

  /** @example '1.0.0' */
  version: string;

  /** @example 86400 */
  uptime_seconds: number;

  /** @example 9 */
  enabled_accounts: number;

  /** @example 10 */
  total_accounts: number;

  /**
   * Those that can be chosen now.
   * @example 7
   */
  active_accounts: number;

  /** @example 3 */
  active_api_keys: number;

  /**
   * With `probe=true` only; null when there is no account to test.
   * @example '3f1c9a52-6f0e-4d5b-9b57-0c1f7a2d8e44'
   */
  tested_account?: string | null;

  test?: HealthTestDto;
}

/** The process answers. */
export class LiveDto {
  /** @example 'alive' */
  status: 'alive';
}

/** Whether requests may come. */
export class ReadyDto {
  /** @example 'ready' */
  status: 'ready' | 'not ready';

  /**
   * Why not.
   * @example 'shutting down'
   */
  reason?: string;
}
