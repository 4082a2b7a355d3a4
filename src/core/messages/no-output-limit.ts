/** `max_tokens` of a request whose client set none: above the limit of any model, so that nothing watches it. */
export const NO_OUTPUT_LIMIT = 1_000_000_000;
