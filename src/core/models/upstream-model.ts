/** A model as an account lists it (amazon-q.md §7.1). */
export interface UpstreamModel {
  id: string;
  name?: string;
  /** Window in tokens, output included. */
  maxInputTokens?: number;
  maxOutputTokens?: number;
  /** What it costs, as a multiple of a usual request. */
  rateMultiplier?: number;
  /** `TEXT`, `IMAGE`; absent where the list does not say. */
  supportedInputTypes?: readonly string[];
  /** JSON schema of what `additionalModelRequestFields` may hold; absent where the model takes none. */
  requestFieldsSchema?: Record<string, unknown>;
}
