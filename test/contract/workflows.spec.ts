import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = `${root}/.github/workflows`;

interface Step {
  name?: string;
  uses?: string;
  run?: string;
  with?: Record<string, unknown>;
}

interface Job {
  uses?: string;
  needs?: string | string[];
  permissions?: Record<string, string>;
  'timeout-minutes'?: number;
  'runs-on'?: string;
  services?: Record<string, { image: string }>;
  strategy?: { matrix: Record<string, unknown[]> };
  steps?: Step[];
}

interface Workflow {
  on: Record<string, unknown>;
  permissions: object;
  concurrency: { group: string };
  jobs: Record<string, Job>;
}

const files = readdirSync(folder).toSorted();
const sourceOf = (file: string) => readFileSync(`${folder}/${file}`, 'utf8');
const workflowOf = (file: string) => parse(sourceOf(file)) as Workflow;
const jobs = files.flatMap((file) =>
  Object.entries(workflowOf(file).jobs).map(([name, job]) => [`${file}: ${name}`, job] as const),
);
const jobOf = (name: string): Job => new Map<string, Job>(jobs).get(name) ?? {};
const textOf = (job: Job) => JSON.stringify(job);

describe('the workflows', () => {
  it('are two', () => {
    expect(files).toEqual(['release.yml', 'test.yml']);
  });

  it.each(files)('%s allows nothing that a job does not ask for, and does not run beside itself', (file) => {
    const workflow = workflowOf(file);
    expect(workflow.permissions).toEqual({});
    expect(workflow.concurrency.group).toContain('github.ref');
  });

  it.each(files)('%s takes every action by its commit, and names the version', (file) => {
    const used = sourceOf(file)
      .split('\n')
      .filter((line) => /^\s*(?:- )?uses:/.test(line) && !line.includes('uses: ./'));
    expect(used.length).toBeGreaterThan(0);
    const notPinned = used.filter((line) => !/uses: [\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line));
    expect(notPinned).toEqual([]);
  });

  it('take one commit of each action', () => {
    const commits = new Map<string, Set<string>>();
    for (const [, name = '', commit = ''] of files
      .map(sourceOf)
      .join('')
      .matchAll(/uses: ([^\s@]+)@(\S+)/g)) {
      commits.set(name, (commits.get(name) ?? new Set()).add(commit));
    }
    expect([...commits].filter(([, all]) => all.size > 1)).toEqual([]);
  });

  it.each(jobs)('%s has a limit of time, and says what it may do', (_name, job) => {
    expect(job.permissions).toBeDefined();
    // What is called has limits of its own.
    if (job.uses === undefined) expect(job['timeout-minutes']).toBeLessThanOrEqual(90);
  });

  it.each(jobs)('%s leaves no credentials in the checkout', (_name, job) => {
    for (const step of job.steps ?? []) {
      if (step.uses?.startsWith('actions/checkout@')) expect(step.with).toEqual({ 'persist-credentials': false });
    }
  });

  // What an outsider can name, such as a branch, would be a command there.
  it.each(jobs)('%s puts nothing into a command by way of an expression', (_name, job) => {
    expect((job.steps ?? []).filter(({ run }) => run?.includes('${{'))).toEqual([]);
  });

  it.each(jobs)('%s calls only scripts that there are', (_name, job) => {
    const scripts: Record<string, string> = JSON.parse(readFileSync(`${root}/package.json`, 'utf8')).scripts;
    const commands = (job.steps ?? []).map(({ run = '' }) => run).join('\n');
    for (const [, name = ''] of commands.matchAll(/npm run (?:--silent )?([\w:-]+)/g))
      expect(scripts).toHaveProperty([name]);
    for (const [path] of commands.matchAll(/\bscripts\/[\w./-]+/g))
      expect([path, existsSync(`${root}/${path}`)]).toEqual([path, true]);
  });

  it('test on two versions of Node.js, with a Postgres and a Redis', () => {
    const { strategy, services } = jobOf('test.yml: check');
    expect(strategy?.matrix.node).toEqual(['22', '24']);
    expect(Object.keys(services ?? {})).toEqual(['postgres', 'redis']);
  });

  it('run what .ci/run runs', () => {
    const local = readFileSync(`${root}/.ci/run`, 'utf8');
    const all = sourceOf('test.yml');
    const commands = ['check', 'demo', 'test:python', 'test:clients', 'test:codex', 'test:docs', 'check:helm'];
    expect(commands.filter((name) => !local.includes(name) || !all.includes(`npm run ${name}`))).toEqual([]);
    expect([local, all].map((text) => text.includes('scripts/build-image.sh'))).toEqual([true, true]);
  });

  it('are not started by pull requests in the name of the repository', () => {
    expect(files.flatMap((file) => Object.keys(workflowOf(file).on))).toEqual([
      'push',
      'push',
      'pull_request',
      'workflow_call',
    ]);
    expect(files.filter((file) => /pull_request_target|workflow_run/.test(sourceOf(file)))).toEqual([]);
  });
});

describe('a release', () => {
  it('begins with a tag, and publishes nothing before everything is tested', () => {
    expect(workflowOf('release.yml').on).toEqual({ push: { tags: ['v*'] } });
    expect(jobOf('release.yml: test').uses).toBe('./.github/workflows/test.yml');
    expect(jobOf('release.yml: build').needs).toEqual(['version', 'test']);
    expect(jobOf('release.yml: image').needs).toEqual(['version', 'build']);
    expect(jobOf('release.yml: chart').needs).toContain('image');
    expect(jobOf('release.yml: release').needs).toEqual(['version', 'image', 'chart']);
  });

  it('may write to the registry where it publishes, and to the repository only where the release is made', () => {
    const writers = (permission: string) =>
      jobs.filter(([, job]) => job.permissions?.[permission] === 'write').map(([name]) => name);
    expect(writers('contents')).toEqual(['release.yml: release']);
    expect(writers('packages')).toEqual(['release.yml: build', 'release.yml: image', 'release.yml: chart']);
    expect(writers('id-token')).toEqual(['release.yml: image', 'release.yml: chart']);
  });

  it('has an image for two architectures, what is in it, how it was made, and a signature', () => {
    const { steps, strategy } = jobOf('release.yml: build');
    const image = jobOf('release.yml: image');
    const build = steps?.find(({ uses }) => uses?.startsWith('docker/build-push-action@'));
    expect(build?.with).toMatchObject({
      platforms: expect.stringMatching(/^linux\/\$\{\{ matrix\.architecture \}\}$/),
      outputs: expect.stringMatching(/push-by-digest=true.*,push=true$/),
      sbom: true,
      provenance: 'mode=max',
    });
    // Never in emulation.
    expect(strategy?.matrix.include).toEqual([
      { architecture: 'amd64', machine: 'ubuntu-24.04' },
      { architecture: 'arm64', machine: 'ubuntu-24.04-arm' },
    ]);
    expect(textOf(image)).toContain(String.raw`"$IMAGE@$AMD64\" \"$IMAGE@$ARM64\"`);
    const dockerfile = readFileSync(`${root}/Dockerfile`, 'utf8');
    for (const [, name = ''] of String(build?.with?.['build-args']).matchAll(/^(\w+)=/gm)) {
      expect(dockerfile).toContain(`ARG ${name}=`);
    }
    expect(textOf(image)).toContain('cosign sign --yes --recursive');
    expect(textOf(image)).toContain('cosign verify');
  });

  it('names its own image in the chart: the lines it changes are there', () => {
    const values = readFileSync(`${root}/helm/amq-gateway/values.yaml`, 'utf8').split('\n');
    expect(values.filter((line) => line === '  repository: amq-gateway')).toHaveLength(1);
    expect(values.filter((line) => line === '  digest: ""')).toHaveLength(1);
  });

  it('has a signed chart, by digest', () => {
    const chart = textOf(jobOf('release.yml: chart'));
    expect(chart).toContain('helm push');
    expect(chart).toContain('cosign sign --yes \\"$CHARTS/amq-gateway@$digest\\"');
  });
});

describe('Dependabot', () => {
  const { updates } = parse(readFileSync(`${root}/.github/dependabot.yml`, 'utf8')) as {
    updates: { 'package-ecosystem': string; directory: string }[];
  };

  it('looks after everything with a version', () => {
    expect(updates.map((update) => update['package-ecosystem'])).toEqual(['npm', 'github-actions', 'docker', 'pip']);
  });

  it.each(updates)('finds what it looks after: $package-ecosystem in $directory', (update) => {
    const file = {
      npm: 'package.json',
      'github-actions': '.github/workflows/test.yml',
      docker: 'Dockerfile',
      pip: 'requirements.txt',
    };
    const name = new Map(Object.entries(file)).get(update['package-ecosystem']);
    expect(existsSync(`${root}${update.directory}/${name}`)).toBe(true);
  });
});
