import { BINDINGS } from '../upstreams/amazon-q/surface.js';

/** Rule of a field that holds text. */
export interface TextRule {
  longest: number;
  pattern: RegExp;
  /** What the pattern means, such as "must be a region such as us-east-1". */
  hint: string;
}

/** Rule of a field that holds a whole number. */
export interface NumberRule {
  min: number;
  max: number;
}

/** Tokens and keys travel in headers and JSON. Client secrets are signed documents of several thousand characters. */
const LONGEST_SECRET = 16_384;
const LONGEST_URL = 2_048;

const secret: TextRule = {
  longest: LONGEST_SECRET,
  pattern: /^[\x21-\x7e]+$/,
  hint: 'must be printable ASCII without spaces',
};
const region: TextRule = {
  longest: 32,
  pattern: /^[a-z]{2}(-[a-z]+)+-\d$/,
  hint: 'must be a region such as us-east-1',
};
const url: TextRule = {
  longest: LONGEST_URL,
  pattern: /^https?:\/\/[\x21-\x7e]+$/,
  hint: 'must be a URL such as https://host.example/path',
};

/**
 * What the fields of an account may hold, wherever they come from: the admin API, a file, a sign-in. A URL has to pass
 * `endpointProblem` as well.
 */
export const TEXT_RULES = {
  // A path holds it: dots alone would be taken out of it, and the routes' own names lead elsewhere.
  id: {
    longest: 64,
    pattern: /^(?!\.{1,2}$|(?:export|import|login|probe|stats)$)[A-Za-z0-9_.-]+$/i,
    hint: 'must be letters, digits, dots, dashes and underscores, and no word such as stats or export',
  },
  label: { longest: 100, pattern: /^(?=.*\S)[^\p{Cc}\p{Zl}\p{Zp}\p{Cs}]+$/u, hint: 'must be one line of text' },
  region,
  ssoRegion: region,
  // amazon-q.md §2.1.
  profileArn: {
    longest: 950,
    pattern: /^arn:aws:(codewhisperer|transform):[a-z0-9-]+:\d{12}:profile\/[a-zA-Z0-9]{12}$/,
    hint: 'must be an ARN such as arn:aws:codewhisperer:us-east-1:123456789012:profile/ABCDEFGHIJKL',
  },
  apiEndpoint: url,
  tokenEndpoint: url,
  baseUrl: url,
  startUrl: url,
  binding: { longest: 32, pattern: new RegExp(`^(${BINDINGS.join('|')})$`), hint: `must be ${BINDINGS.join(' or ')}` },
  origin: { longest: 32, pattern: /^[A-Z][A-Z0-9_]*$/, hint: 'must be a name such as CLI or AI_EDITOR' },
  clientId: { ...secret, longest: 1_024 },
  clientSecret: secret,
  refreshToken: secret,
  accessToken: secret,
  apiKey: secret,
} as const satisfies Record<string, TextRule>;

export const NUMBER_RULES = {
  weight: { min: 0, max: 1_000 },
  priority: { min: 0, max: 1_000 },
  requestsPerMinute: { min: 1, max: 100_000 },
  maxConcurrent: { min: 1, max: 10_000 },
} as const satisfies Record<string, NumberRule>;

export type TextField = keyof typeof TEXT_RULES;
export type NumberField = keyof typeof NUMBER_RULES;

/** @returns what is wrong with the text of a field, without repeating it; undefined: nothing */
export function textProblem(field: TextField, value: unknown): string | undefined {
  const { longest, pattern, hint }: TextRule = TEXT_RULES[field];
  if (typeof value !== 'string') return `${field} must be text`;
  if (value === '') return `${field} must not be empty`;
  if (value.length > longest) return `${field} must be at most ${longest} characters`;
  return pattern.test(value) ? undefined : `${field} ${hint}`;
}

/** @returns what is wrong with the number of a field; undefined: nothing */
export function numberProblem(field: NumberField, value: unknown): string | undefined {
  const { min, max }: NumberRule = NUMBER_RULES[field];
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max
    ? undefined
    : `${field} must be a whole number from ${min} to ${max}`;
}
