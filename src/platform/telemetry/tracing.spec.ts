import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { readConfiguration } from '../config/configuration.js';
import { Tracing } from './tracing.js';

describe('Tracing', () => {
  it('loads OpenTelemetry where it is asked for, and nowhere else', () => {
    const sources = globSync('src/**/*.ts', { exclude: (path) => path.endsWith('.spec.ts') });
    const loading = /^(import (?!type ).*|export .*|} )from '(@opentelemetry\/.*|.*\/(span|open-telemetry)\.js)';/m;
    const loaders = sources.filter((path) => loading.test(readFileSync(path, 'utf8')));
    expect(loaders.sort()).toEqual(['src/platform/telemetry/open-telemetry.ts', 'src/platform/telemetry/span.ts']);
  });

  it('has no spans without a collector', async () => {
    const tracing = await Tracing.open(readConfiguration({}));
    expect(tracing.begin('POST', undefined)).toBeUndefined();
    await tracing.onApplicationShutdown();
  });
});
