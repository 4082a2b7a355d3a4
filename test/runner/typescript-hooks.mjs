import { existsSync } from 'node:fs';
import { registerHooks } from 'node:module';

const GLOBALS = new URL('./jest-globals.mjs', import.meta.url).href;
const TYPESCRIPT = /\.ts(\?|$)/;

/**
 * Node's own `import` learns what jest's does: TypeScript, its `.js` for the `.ts` that is there, and `@jest/globals`.
 * @param transform from the URL of a TypeScript file to JavaScript
 */
export function registerTypeScript(transform) {
  registerHooks({
    resolve(specifier, context, next) {
      if (specifier === '@jest/globals') return { url: GLOBALS, format: 'module', shortCircuit: true };
      if (specifier.startsWith('.') && specifier.endsWith('.js') && TYPESCRIPT.test(context.parentURL ?? '')) {
        const url = new URL(`${specifier.slice(0, -'.js'.length)}.ts`, context.parentURL);
        if (existsSync(url)) return { url: url.href, format: 'module', shortCircuit: true };
      }
      return next(specifier, context);
    },
    load(url, context, next) {
      if (!TYPESCRIPT.test(url) || !url.startsWith('file:')) return next(url, context);
      return { format: 'module', source: transform(url), shortCircuit: true };
    },
  });
}
