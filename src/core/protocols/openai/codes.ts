/** The `code` of a refused request (openai.md §9). */
export const REFUSAL_CODES = [
  'missing_required_parameter',
  'invalid_type',
  'invalid_value',
  'unsupported_parameter',
  'unsupported_value',
  'invalid_image_url',
  'invalid_image_format',
  'invalid_base64_image',
  'previous_response_not_found',
] as const;

export type OpenaiCode = (typeof REFUSAL_CODES)[number];

const KNOWN: ReadonlySet<string> = new Set(REFUSAL_CODES);

/** Other protocols have codes of their own, which an OpenAI client can't know. */
export function isOpenaiCode(code: string | undefined): code is OpenaiCode {
  return code !== undefined && KNOWN.has(code);
}
