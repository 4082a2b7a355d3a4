import type { ApiPropertyOptions } from '@nestjs/swagger';

const dollars = (description: string) => ({ type: 'number', minimum: 0, maximum: 100_000, description });

/** Model name → its price, for OpenAPI. */
export const PRICES_SCHEMA = {
  type: 'object',
  additionalProperties: {
    type: 'object',
    anyOf: [{ required: ['input', 'output'] }, { required: ['credit'] }],
    properties: {
      input: dollars('What is not read from the cache'),
      output: dollars('Thinking included'),
      cacheRead: dollars('A tenth of `input` unless given'),
      cacheWrite: dollars('1.25 times `input` unless given'),
      credit: dollars('For one credit, where upstream reports credits; tokens are not counted then'),
    },
  },
  example: {
    'claude-opus-*': { input: 4, output: 20, cacheRead: 0.2, cacheWrite: 5 },
    'claude-sonnet-*': { credit: 0.04 },
  },
} as const satisfies ApiPropertyOptions;
