import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';

const BUILT = new URL('../.tools/helm', import.meta.url);
/** Where scripts/helm-tools.sh puts the schemas. */
export const SCHEMAS = new URL('../.tools/schemas/', import.meta.url);
export const CHART = fileURLToPath(new URL('../helm/amq-gateway', import.meta.url));
/** A helm that was built without its release's flags takes clusters to be very old. */
const CLUSTER = '1.34.0';
/** The chart's own sets of values, `ci/<name>.yaml`. */
export const RENDERS = ['default', 'sqlite', 'ha', 'everything'];

/** The one that scripts/helm-tools.sh built, else `HELM`, else the machine's own; undefined when there is none. */
export function findHelm() {
  const found = [fileURLToPath(BUILT), process.env.HELM, 'helm'].find(
    (path) => path && (path === 'helm' || existsSync(path)) && spawnSync(path, ['version', '--short']).status === 0,
  );
  return found;
}

/** The file of values of a render. */
export function valuesOf(name) {
  return `${CHART}/ci/${name}.yaml`;
}

/**
 * @param args further ones of `helm template`
 * @param chart its folder
 * @returns the rendered text, hooks too
 * @throws Error with what helm said
 */
export function renderText(helm, values, args = [], chart = CHART) {
  const of = ['gateway-test', chart, '--namespace', 'gateways', '--kube-version', CLUSTER, '--values', values];
  return run(helm, ['template', ...of, ...args]);
}

/**
 * The objects of a render, in their order.
 * @throws Error with what helm said, or when it is no YAML, or names a key twice
 */
export function parseObjects(text) {
  return parseAllDocuments(text, { uniqueKeys: true }).flatMap((document) => {
    if (document.errors.length > 0) throw document.errors[0];
    const object = document.toJS();
    return object ? [object] : [];
  });
}

/** @throws Error with what helm said */
export function run(helm, args) {
  const { status, stdout, stderr } = spawnSync(helm, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (status !== 0) throw new Error(`${stdout}${stderr}`);
  return stdout;
}
