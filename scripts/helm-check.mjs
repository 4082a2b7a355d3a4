// `helm lint --strict`, `helm template` of each set of values, and every object against the schemas of Kubernetes and of
// the Prometheus operator: `npm run check:helm`.
import { existsSync } from 'node:fs';
import { CHART, findHelm, parseObjects, RENDERS, renderText, run, SCHEMAS, valuesOf } from './helm-render.mjs';
import { schemaChecker } from './kubernetes-schema.mjs';

if (process.argv.length > 2) {
  console.log(
    'npm run check:helm: lints and renders the chart, and checks every object (needs scripts/helm-tools.sh once)',
  );
  process.exit(/^(-h|--help)$/.test(process.argv[2]) ? 0 : 2);
}
const helm = findHelm();
if (!helm || !existsSync(SCHEMAS)) {
  console.error('There is no helm, or there are no schemas: run scripts/helm-tools.sh first');
  process.exit(1);
}

console.log(`helm ${run(helm, ['version', '--template', '{{.Version}} {{.GoVersion}}'])}`);
for (const name of RENDERS) run(helm, ['lint', '--strict', CHART, '--values', valuesOf(name), '--quiet']);
console.log(`helm lint --strict: ${RENDERS.join(', ')}: no warning`);
const problemsOf = schemaChecker(SCHEMAS);
for (const name of RENDERS) {
  const objects = parseObjects(renderText(helm, valuesOf(name)));
  console.log(`\n${name}: ${objects.length} objects`);
  for (const object of objects) {
    const problems = problemsOf(object);
    console.log(`  ${problems.length === 0 ? '✓' : '✗'} ${object.apiVersion} ${object.kind} ${object.metadata.name}`);
    for (const problem of problems) console.log(`      ${problem}`);
    if (problems.length > 0) process.exitCode = 1;
  }
}
