import type { OpenAPIObject } from '@nestjs/swagger';

type Schema = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>[string];

const account: Schema = { type: 'object', additionalProperties: true };

/** What an import takes, for the OpenAPI document. */
export const importBody: Schema = {
  anyOf: [
    {
      type: 'object',
      properties: { accounts: { type: 'array', items: account, maxItems: 1_000 } },
      required: ['accounts'],
      example: {
        accounts: [
          { refreshToken: 'aorAAAAAG…', clientId: 'client id', clientSecret: 'client secret', region: 'us-east-1' },
          { fileName: 'kiro-auth-token.json', content: { refreshToken: 'aorAAAAAG…', authMethod: 'social' } },
          { provider: 'anthropic', label: 'Official', baseUrl: 'https://api.anthropic.com', apiKey: 'sk-ant-…' },
        ],
      },
    },
    { type: 'array', items: account, maxItems: 1_000 },
    { ...account, description: 'One account' },
    {
      type: 'object',
      description: 'An upload',
      properties: { file: { type: 'array', items: { type: 'string', format: 'binary' } } },
      required: ['file'],
    },
  ],
};
