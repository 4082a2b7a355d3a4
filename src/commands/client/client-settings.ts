/** What a client needs to be told of a gateway. */
export interface GatewaySettings {
  /** Without a slash at its end, and without `/v1`. */
  readonly url: string;
  readonly key: string;
  readonly model: string;
  /** Tokens that go into the model; undefined where the gateway does not say. */
  readonly window: number | undefined;
  /** The newest model of each family the gateway lists. */
  readonly families: ReadonlyMap<'opus' | 'sonnet' | 'haiku', string>;
}

/** A value that was written, told apart from one that somebody set since. */
export interface WrittenValue {
  readonly sha256: string;
  /** As it stood there before it was replaced. */
  readonly before?: string | undefined;
}

export interface Merged {
  readonly text: string;
  readonly values: Readonly<Record<string, WrittenValue>>;
  /** What the user should know, a sentence each. */
  readonly notes: readonly string[];
}

/** The settings of one client, in one file of text. */
export interface ClientSettings {
  readonly client: string;
  /** Absolute. */
  readonly path: string;
  /** Nobody else may read the file once it has them. */
  readonly isSecret: boolean;
  /** A file beside it that has the key alone. */
  readonly keyFile?: { readonly path: string; readonly key: string } | undefined;
  /** What a person pastes: standard output. */
  print(): string;
  /** Where it goes and what else to do, a line each. */
  readonly advice: readonly string[];
  /** Name and value of each, for `--json`. */
  readonly values: Readonly<Record<string, unknown>>;
  /**
   * @param text of the file as it is without these settings; empty where there is none
   * @param replace whether what somebody else set is put aside
   * @throws Error in words for the user, when the file can't be read, or has settings of somebody else
   */
  merge(text: string, replace: boolean): Merged;
  /**
   * Takes out of a text that was changed since what `merge` wrote into it.
   * @throws Error in words for the user
   */
  takeOut(text: string, values: Readonly<Record<string, WrittenValue>>): { text: string; notes: readonly string[] };
}
