import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import Runtime from 'jest-runtime';
import { setGlobals } from './jest-globals.mjs';
import { registerTypeScript } from './typescript-hooks.mjs';

const require = createRequire(import.meta.url);

/** jest-circus keeps the handlers of the file before here. */
const EVENT_HANDLERS = Symbol.for('EVENT_HANDLERS');

const AS_MODULE = {
  isInternalModule: false,
  supportsDynamicImport: true,
  supportsExportNamespaceFrom: true,
  supportsStaticESM: true,
  supportsTopLevelAwait: true,
};

let current;
let imported = 0;
/** From the URL of each module loaded so far to its source map's: those of earlier test files are in use as well. */
const sourceMaps = new Map();

/**
 * Test files run in the worker's own realm and import with Node's own `import`, so that Nest, TypeORM and the gateway
 * are loaded once for a worker and not once for a test file: that was about half of what the tests cost.
 */
class SharedRuntime extends Runtime {
  constructor(...options) {
    super(...options);
    if (current === undefined) registerTypeScript((url) => current.typeScript(url));
    current = this;
  }

  typeScript(url) {
    const path = fileURLToPath(url);
    const code = this.transformCache.transform(path, AS_MODULE);
    const map = super.getSourceMaps().get(path);
    if (map) sourceMaps.set(url, map);
    return code;
  }

  getSourceMaps() {
    return sourceMaps;
  }

  /** jest's own: loaded once, but for the state of a test file. */
  requireInternalModule(from, to) {
    if (to === undefined) {
      delete globalThis[EVENT_HANDLERS];
      delete require.cache[from];
    }
    return createRequire(from)(to ?? from);
  }

  async unstable_importModule(path) {
    setGlobals(this.jestGlobals.cjsGlobals(path));
    return import(`${pathToFileURL(path).href}?${++imported}`);
  }

  /** The `process` of a VM context gets one of its own; this is everybody's. */
  installGetBuiltinModule() {}
}

export { SharedRuntime as 'module.exports' };
