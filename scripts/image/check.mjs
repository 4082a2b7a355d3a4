// Looks at the Dockerfile and .dockerignore without any tool: each instruction by what the image promises
// (docs/deployment.md). `node check.mjs [DOCKERFILE [DOCKERIGNORE]]`, in the project's folder; status 1 lists every problem.
import { existsSync, readFileSync } from 'node:fs';
import { dockerfileIn } from './read-dockerfile.mjs';
import { letThrough } from './read-dockerignore.mjs';

const [dockerfilePath = 'Dockerfile', dockerignorePath = '.dockerignore'] = process.argv.slice(2);
const BASES = ['node:24-bookworm', 'node:24-bookworm-slim'];
/** What a build must never see, whatever lies in the folder. */
const PRIVATE = [
  '.env',
  '.git/config',
  'data/amq-gateway.db',
  'data/amq-gateway.db.key',
  'node_modules/x.js',
  'dist/x.js',
];
const LABELS = ['title', 'description', 'licenses', 'version', 'revision'];
const SECRET = /(KEY|TOKEN|SECRET|PASSWORD|DATABASE_URL|REDIS_URL)\b/;

const problems = [];
const wrong = (line, words) => problems.push(`${dockerfilePath}${line ? `:${line}` : ''}: ${words}`);
const stages = dockerfileIn(readFileSync(dockerfilePath, 'utf8'), wrong);
const passes = letThrough(readFileSync(dockerignorePath, 'utf8'));

for (const path of PRIVATE) if (passes(path)) problems.push(`${dockerignorePath}: lets ${path} through`);
for (const stage of stages) checkStage(stage);
const last = stages.at(-1);
if (last) checkImage(last);

for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);
console.log(`${dockerfilePath}: ${stages.length} stages, ${stages.flatMap(({ steps }) => steps).length} instructions`);

function checkStage({ base, line, steps, index }) {
  if (!BASES.includes(base)) wrong(line, `FROM ${base}: only ${BASES.join(' and ')} are known here`);
  for (const { name, text, line: at, flags, words } of steps) {
    if (name === 'ADD') wrong(at, 'ADD fetches and unpacks: COPY says what it does');
    if (text.includes('<<')) wrong(at, 'a here-document: buildah of Debian 12 knows none');
    if (name === 'RUN' && /\bnpm (install|i|update)\b/.test(text)) wrong(at, 'installs without the lockfile: npm ci');
    if ((name === 'ENV' || name === 'ARG') && SECRET.test(text))
      wrong(at, `a secret in ${name} stays in the image for ever`);
    if (name === 'COPY') checkCopy(words.slice(0, -1), flags.from, at, index);
  }
}

function checkCopy(sources, from, line, index) {
  if (from !== undefined) {
    if (!stages.slice(0, index).some(({ as }) => as === from))
      wrong(line, `COPY --from=${from}: no stage of that name above`);
    return;
  }
  for (const source of sources) {
    if (!existsSync(source)) wrong(line, `COPY ${source}: not there`);
    else if (!passes(source)) wrong(line, `COPY ${source}: kept out by ${dockerignorePath}`);
  }
}

/** The stage that is run. */
function checkImage({ base, line, steps }) {
  if (!base.endsWith('-slim')) wrong(line, 'the last stage is not the slim base');
  const named = (name) => steps.filter((step) => step.name === name);
  const lastOf = (name) => {
    const step = named(name).at(-1);
    if (!step) wrong(line, `the image has no ${name}`);
    return step;
  };
  if (named('RUN').some(({ text }) => /(^|&&|;)\s*(npm|npx)\s/.test(text))) wrong(line, 'the last stage runs npm');

  const user = lastOf('USER');
  // Kubernetes can only tell by a number that it is not root.
  if (user && !/^[1-9]\d*(:\d+)?$/.test(user.text)) wrong(user.line, `USER ${user.text}: a number that is not 0`);
  for (const name of ['ENTRYPOINT', 'CMD', 'HEALTHCHECK']) {
    const step = lastOf(name);
    if (!step) continue;
    const command = jsonIn(name === 'HEALTHCHECK' ? step.text.replace(/^.*?\bCMD\s+/, '') : step.text);
    if (!command) wrong(step.line, `${name} is not in the exec form: a shell would run it`);
    else if (name !== 'CMD') checkCommand(name, command, step.line);
  }
  const environment = named('ENV')
    .map(({ text }) => text)
    .join(' ');
  for (const setting of ['NODE_ENV=production', 'HOST=0.0.0.0', 'DATABASE_PATH=/data/', 'SQLITE_TMPDIR=/data']) {
    if (!environment.includes(setting)) wrong(line, `ENV ${setting} is missing`);
  }
  if (lastOf('VOLUME')?.text !== '/data') wrong(line, 'VOLUME is not /data');
  if (lastOf('EXPOSE')?.text !== '8080') wrong(line, 'EXPOSE is not 8080');
  if (lastOf('STOPSIGNAL')?.text !== 'SIGTERM') wrong(line, 'STOPSIGNAL is not SIGTERM');
  const labels = lastOf('LABEL')?.text ?? '';
  for (const label of LABELS) {
    if (!labels.includes(`org.opencontainers.image.${label}=`))
      wrong(line, `LABEL org.opencontainers.image.${label} is missing`);
  }
}

function checkCommand(name, command, line) {
  if (command[0] !== 'node') wrong(line, `${name} starts ${command[0]}, not node`);
  const script = command.find((word) => word.endsWith('.js'));
  const source = script?.replace(/^\/app\/dist\//, '').replace(/\.js$/, '.ts');
  if (!source || !existsSync(source)) wrong(line, `${name} runs ${script}, which nothing is compiled to`);
}

function jsonIn(text) {
  try {
    const value = JSON.parse(text);
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
