import type { ApiPropertyOptions } from '@nestjs/swagger';

const dollars = (description: string) => ({ type: 'number', minimum: 0, description });

/** Model name → its price, for OpenAPI. */
export const PRICES_SCHEMA = {
  type: 'object',
  additionalProperties: {
    type: 'object',
    required: ['input', 'output'],
    properties: {
      input: dollars('What is not read from the cache'),
      output: dollars('Thinking included'),
      cacheRead: dollars('A tenth of `input` unless given'),
      cacheWrite: dollars('1.25 times `input` unless given'),
    },
  },
  example: { 'claude-opus-*': { input: 4, output: 20, cacheRead: 0.2, cacheWrite: 5 } },
} as const satisfies ApiPropertyOptions;
