/** An account, and how one real request through it ended. */
export interface ProbedAccount {
  id: string;
  label: string;
  ok: boolean;
  /** Of the account, after the probe. */
  status: string;
  /** What was asked. */
  model: string;
  latencyMs: number;
  /** The service's words, or ours. */
  error?: string;
}

/** Probes of a gateway's accounts, wherever it is reached. */
export interface Probes {
  /** Ids of accounts that are enabled. */
  enabled(): Promise<string[]>;
  /** @throws when there is no such account */
  probe(id: string): Promise<ProbedAccount>;
  close(): Promise<void>;
}
