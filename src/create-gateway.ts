import type { IncomingMessage, ServerResponse } from 'node:http';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Logger } from 'pino';
import { AppModule } from './app.module.js';
import { tellClientAddresses } from './auth/access/client-addresses.js';
import { checkHead } from './edges/check-head.js';
import { ConnectionReports } from './edges/connection-reports.js';
import { crossOrigin } from './edges/cross-origin.js';
import { GatewayAdapter } from './edges/gateway-adapter.js';
import { separatePorts } from './edges/management-port.js';
import { openaiHeaders } from './edges/openai-headers.js';
import { securityHeaders } from './edges/security-headers.js';
import { dropSlowReaders } from './edges/slow-readers.js';
import { tidyPath } from './edges/tidy-path.js';
import { Metrics } from './metrics/metrics.service.js';
import { serveOpenApi } from './open-api.js';
import { Clock } from './platform/clock.js';
import { Configuration } from './platform/config/configuration.js';
import { Draining } from './platform/draining.js';
import { NestLogger } from './platform/logging/nest-logger.js';
import { requestScope } from './platform/logging/request-scope.js';
import { Tracing } from './platform/telemetry/tracing.js';
import { routesOf } from './route-list.js';
import { LiveSettings } from './settings/live-settings.service.js';
import { UsageLedger } from './usage/ledger/usage-ledger.service.js';

/**
 * The application, ready to listen: what `main.ts` starts and what tests start.
 * @throws Error when a route does not say who may use it
 */
export async function createGateway(configuration: Configuration, logger: Logger): Promise<NestExpressApplication> {
  const { settings } = configuration;
  const module = AppModule.register(configuration);
  routesOf(module);
  const hasManagementPort = settings.MANAGEMENT_PORT !== undefined;
  const connections = new ConnectionReports(logger);
  const adapter = new GatewayAdapter({
    hasManagementPort,
    maxConnections: settings.MAX_CONNECTIONS,
    refused: (refusal) => {
      connections.refused(refusal);
      metrics.connectionRefused(refusal.protocol);
    },
    dropped: () => connections.dropped(),
    failed: (error) => connections.failed(error),
  });
  const app = await NestFactory.create<NestExpressApplication>(module, adapter, {
    logger: new NestLogger(logger),
    bodyParser: false,
    abortOnError: false,
  });
  tellClientAddresses(app, settings.TRUSTED_PROXIES);
  const clock = app.get(Clock);
  const draining = app.get(Draining);
  const metrics = app.get(Metrics);
  const usage = app.get(UsageLedger);
  const now = () => clock.now();
  followLevel(logger, app.get(LiveSettings));
  app.disable('etag');
  app.set('query parser', 'simple');
  app.use((request: IncomingMessage, response: ServerResponse, next: () => void) => {
    draining.enter(request, response);
    next();
  });
  app.use(tidyPath);
  app.use(
    requestScope({
      logger,
      now,
      tracing: app.get(Tracing),
      ended: (request) => {
        metrics.requestEnded(request);
        usage.requestEnded(request);
      },
    }),
  );
  app.use(securityHeaders());
  app.use(checkHead);
  if (hasManagementPort) app.use(separatePorts);
  app.use(openaiHeaders(now));
  app.use(crossOrigin(settings.CORS_ORIGINS));
  app.use(dropSlowReaders(settings.UPSTREAM_IDLE_TIMEOUT * 1000));
  serveOpenApi(app);
  return app;
}

/** What is logged can be changed while the service runs. */
function followLevel(logger: Logger, settings: LiveSettings): void {
  settings.onChange(({ logLevel }) => {
    logger.level = logLevel;
  });
}
