import type { Server } from 'node:http';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Logger } from 'pino';
import { AppModule } from './app.module.js';
import { Metrics } from './metrics/metrics.service.js';
import { serveOpenApi } from './open-api.js';
import { Clock } from './platform/clock.js';
import { Configuration } from './platform/config/configuration.js';
import { NestLogger } from './platform/logging/nest-logger.js';
import { requestScope } from './platform/logging/request-scope.js';
import { crossOrigin } from './proxy/cross-origin.js';
import { jsonBody } from './proxy/json-body.js';
import { openaiHeaders } from './proxy/openai-headers.js';
import { tidyPath } from './proxy/tidy-path.js';
import { routesOf } from './route-list.js';

/** Longer than clients and load balancers keep a connection, so that it is never reused half dead (anthropic.md §11). */
const KEEP_ALIVE_MS = 75_000;

/**
 * The application, ready to listen: what `main.ts` starts and what tests start.
 * @throws Error when a route does not say who may use it
 */
export async function createGateway(configuration: Configuration, logger: Logger): Promise<NestExpressApplication> {
  const module = AppModule.register(configuration);
  routesOf(module);
  const app = await NestFactory.create<NestExpressApplication>(module, {
    logger: new NestLogger(logger),
    bodyParser: false,
    abortOnError: false,
  });
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  const clock = app.get(Clock);
  const metrics = app.get(Metrics);
  const now = () => clock.now();
  app.use(tidyPath);
  app.use(requestScope(logger, now, (...ended) => metrics.requestEnded(...ended)));
  app.use(openaiHeaders(now));
  app.use(crossOrigin(configuration.settings.CORS_ORIGINS));
  app.use(jsonBody(configuration.settings.MAX_BODY_SIZE));
  serveOpenApi(app);

  const server: Server = app.getHttpServer();
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.headersTimeout = KEEP_ALIVE_MS + 5_000;
  return app;
}
