import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * What a started process gets of this one's environment: where programs are, and where Node keeps the modules it has
 * compiled, which spares a tenth of each start.
 */
export const processEnvironment = {
  PATH: process.env.PATH,
  NODE_COMPILE_CACHE: join(tmpdir(), 'amq-gateway-compiled'),
};
