import type { NestExpressApplication } from '@nestjs/platform-express';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { AccountsModule } from './accounts/accounts.module.js';
import { AuthModule } from './auth/auth.module.js';
import { completeDocument } from './complete-open-api.js';
import { HealthModule } from './health/health.module.js';
import { VERSION } from './platform/version.js';
import { SettingsModule } from './settings/settings.module.js';
import { UsageModule } from './usage/usage.module.js';
import { WebhooksModule } from './webhooks/webhooks.module.js';

const DESCRIPTION = `Accounts, keys, settings and health of an amq-gateway. A key goes into \`Authorization: Bearer\` or \`x-api-key\`.
Errors are problems by RFC 9457 (\`application/problem+json\`); \`errors\` names each field that is not right.

The model API speaks other people's protocols, and is described by their documents:

| routes | protocol |
|---|---|
| \`POST /v1/messages\`, \`POST /v1/messages/count_tokens\` | [Anthropic Messages](https://docs.claude.com/en/api/messages) |
| \`POST /v1/chat/completions\` | [OpenAI Chat Completions](https://platform.openai.com/docs/api-reference/chat) |
| \`POST /v1/responses\`, \`GET\`, \`DELETE /v1/responses/{id}\`, \`GET /v1/responses/{id}/input_items\` | [OpenAI Responses](https://platform.openai.com/docs/api-reference/responses) |
| \`GET /v1/models\`, \`GET /v1/models/{id}\` | Anthropic's with an \`anthropic-version\`, else OpenAI's |`;

/**
 * Serves the description of the admin API at `/openapi.json` and a page to read it and try it at `/docs`, to everybody:
 * it holds nothing of this installation. It is made at the first request for it.
 */
export function serveOpenApi(app: NestExpressApplication): void {
  SwaggerModule.setup('docs', app, () => createDocument(app), {
    raw: ['json'],
    jsonDocumentUrl: 'openapi.json',
    customSiteTitle: 'amq-gateway',
    // The page asks nobody but this gateway, and forgets the key it is given.
    swaggerOptions: { validatorUrl: null, persistAuthorization: false },
  });
}

function createDocument(app: NestExpressApplication): OpenAPIObject {
  const head = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('amq-gateway')
    .setDescription(DESCRIPTION)
    .setVersion(VERSION)
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'A key of the gateway, `amq_…`' }, 'bearer')
    .addApiKey({ type: 'apiKey', in: 'header', name: 'x-api-key', description: 'A key of the gateway' }, 'apiKey')
    .build();
  const document = SwaggerModule.createDocument(app, head, {
    include: [AuthModule, SettingsModule, UsageModule, AccountsModule, WebhooksModule, HealthModule],
  });
  return completeDocument(document);
}
