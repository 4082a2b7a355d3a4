import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import {
  CHART,
  parseObjects,
  RENDERS,
  type Rendered,
  renderText,
  run,
  SCHEMAS,
  valuesOf,
} from '../../scripts/helm-render.mjs';
import { schemaChecker } from '../../scripts/kubernetes-schema.mjs';
import { readConfiguration } from '../../src/platform/config/configuration.js';
import { describeWithHelm } from '../support/helm.js';
import { type Container, deploymentOf, environmentOf, podsOf, theOne } from '../support/rendered-pod.js';

const KEY = Buffer.alloc(32, 7).toString('base64');
/** What somebody else made, where `ha` looks for it. */
const SECRETS = {
  'amq-gateway-secrets': { ENCRYPTION_KEY: KEY, uri: 'postgres://pg/gateway', REDIS_URL: 'redis://redis' },
};
const POSTGRES = [
  'database.type=postgres',
  'secrets.databaseUrl=postgres://pg/gateway',
  `secrets.encryptionKey=${KEY}`,
];
const REDIS = 'secrets.redisUrl=redis://redis';

describeWithHelm('the Helm chart', (helm) => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'amq-helm-'));
    writeFileSync(join(folder, 'none.yaml'), '{}\n');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const renderWith = (settings: readonly string[], args: readonly string[] = []) =>
    parseObjects(
      renderText(helm, join(folder, 'none.yaml'), [...settings.flatMap((each) => ['--set', each]), ...args]),
    );
  const renderValues = (values: string) => {
    const file = join(folder, 'values.yaml');
    writeFileSync(file, values);
    return parseObjects(renderText(helm, file));
  };
  const rendered = new Map<string, Rendered[]>();
  const renderOf = (name: string) => {
    const known = rendered.get(name) ?? parseObjects(renderText(helm, valuesOf(name)));
    rendered.set(name, known);
    return known;
  };
  const gatewayOf = (objects: readonly Rendered[]) => deploymentOf(objects).template.spec.containers[0] as Container;

  it.each(RENDERS)('gives no reason to warn with the values `%s`', (name) => {
    expect(run(helm, ['lint', '--strict', CHART, '--values', valuesOf(name)])).toContain('0 chart(s) failed');
  });

  describe.each(RENDERS)('with the values `%s`', (name) => {
    it('is what an API server takes', () => {
      const problemsOf = schemaChecker(SCHEMAS);
      for (const object of renderOf(name)) expect([object.kind, problemsOf(object)]).toEqual([object.kind, []]);
    });

    it('starts a gateway, and a migration, whose settings are right', () => {
      const [pod] = podsOf(renderOf(name).filter(({ kind }) => kind === 'Deployment'));
      const ours = [...(pod?.spec.initContainers ?? []), ...(pod?.spec.containers ?? [])].filter(({ args }) => args);
      expect(ours.map(({ args }) => args)).toEqual([['migrate'], ['serve']]);
      const [migration, gateway] = ours.map((container) => environmentOf(renderOf(name), container, SECRETS));
      expect(migration).toEqual(gateway);
      const { settings } = readConfiguration(gateway as Record<string, string>);
      expect(settings.MANAGEMENT_PORT).toBe(8081);
      expect(pod?.spec.terminationGracePeriodSeconds).toBe(settings.SHUTDOWN_DELAY + settings.SHUTDOWN_GRACE + 15);
    });

    it('keeps to the restricted profile of pod security, and a read-only root, in every container', () => {
      for (const { spec } of podsOf(renderOf(name))) {
        expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
        expect([spec.automountServiceAccountToken, spec.enableServiceLinks]).toEqual([false, false]);
        for (const container of [...(spec.initContainers ?? []), ...spec.containers]) {
          expect(container.securityContext).toEqual({
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            runAsNonRoot: true,
            capabilities: { drop: ['ALL'] },
            seccompProfile: { type: 'RuntimeDefault' },
          });
          expect(Object.keys(container.resources?.requests ?? {}).sort()).toEqual(['cpu', 'memory']);
          expect(container.resources?.limits?.memory).toEqual(expect.any(String));
        }
      }
    });

    it('asks the gateway whether it lives and is ready, on a port that it has', () => {
      const { startupProbe, livenessProbe, readinessProbe, ports } = gatewayOf(renderOf(name));
      const probes = [startupProbe, livenessProbe, readinessProbe].map((probe) => probe?.httpGet);
      expect(probes.map((get) => get?.path)).toEqual(['/health/live', '/health/live', '/health/ready']);
      for (const get of probes) expect(ports?.map(({ name: port }) => port)).toContain(get?.port);
    });

    it('mounts only volumes that there are, and names the account it makes', () => {
      for (const { spec } of podsOf(renderOf(name))) {
        const volumes = new Set(spec.volumes?.map((volume) => volume.name));
        for (const { volumeMounts = [] } of [...(spec.initContainers ?? []), ...spec.containers])
          for (const mount of volumeMounts) expect(volumes).toContain(mount.name);
        expect(spec.serviceAccountName).toBe(theOne(renderOf(name), 'ServiceAccount').metadata.name);
      }
    });

    it('selects the pods of the gateway, all of them, and never that of the test', () => {
      const selectors = renderOf(name).flatMap(({ kind, spec }) => {
        if (kind === 'Service') return [(spec as { selector: Record<string, string> }).selector];
        if (kind === 'PodDisruptionBudget' || kind === 'Deployment')
          return [(spec as { selector: { matchLabels: Record<string, string> } }).selector.matchLabels];
        if (kind === 'NetworkPolicy')
          return [(spec as { podSelector: { matchLabels: Record<string, string> } }).podSelector.matchLabels];
        return [];
      });
      expect(selectors.length).toBeGreaterThanOrEqual(3);
      const [gateway, test] = ['gateway', 'test'].map((component) =>
        podsOf(renderOf(name)).find(({ labels }) => labels['app.kubernetes.io/component'] === component),
      );
      for (const selector of selectors) {
        expect(gateway?.labels).toMatchObject(selector);
        expect(test?.labels).not.toMatchObject(selector);
      }
    });

    it('leads its Services to ports that the gateway has, and monitoring and Ingress to ports of the Services', () => {
      const containerPorts = gatewayOf(renderOf(name)).ports?.map((port) => port.name);
      const services = renderOf(name).filter(({ kind }) => kind === 'Service');
      const portsOf = ({ spec }: Rendered) => (spec as { ports: { name: string; targetPort: string }[] }).ports;
      expect(
        services
          .flatMap(portsOf)
          .map(({ targetPort }) => targetPort)
          .sort(),
      ).toEqual(containerPorts?.sort());
      for (const { kind, spec } of renderOf(name)) {
        if (kind === 'ServiceMonitor') {
          const { selector, endpoints } = spec as {
            selector: { matchLabels: Record<string, string> };
            endpoints: { port: string }[];
          };
          const found = services.filter(({ metadata }) =>
            Object.entries(selector.matchLabels).every(([label, value]) => metadata.labels?.[label] === value),
          );
          expect(found.flatMap(portsOf).map((port) => port.name)).toEqual(endpoints.map(({ port }) => port));
        } else if (kind === 'Ingress') {
          const text = JSON.stringify(spec);
          const named = [...text.matchAll(/"service":\{"name":"([^"]+)","port":\{"name":"([^"]+)"/g)];
          expect(named.length).toBeGreaterThan(0);
          for (const [, service, port] of named)
            expect(portsOf(theOne(services, 'Service', service)).map((each) => each.name)).toContain(port);
        }
      }
    });

    it('has names and labels that Kubernetes takes', () => {
      for (const { kind, metadata } of renderOf(name)) {
        expect([kind, metadata.name]).toEqual([kind, expect.stringMatching(/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/)]);
        expect(metadata.namespace).toBe('gateways');
        for (const value of Object.values(metadata.labels ?? {}))
          expect(value).toMatch(/^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/);
      }
    });
  });

  describe('over SQLite', () => {
    it('has one replica, stopped before the next one starts, and a claim that outlives the release', () => {
      const { replicas, strategy, template } = deploymentOf(renderOf('sqlite'));
      expect([replicas, strategy.type]).toEqual([1, 'Recreate']);
      const claim = theOne(renderOf('sqlite'), 'PersistentVolumeClaim');
      expect(claim.metadata.annotations).toEqual({ 'helm.sh/resource-policy': 'keep' });
      expect(claim.spec).toMatchObject({ storageClassName: 'fast', resources: { requests: { storage: '20Gi' } } });
      expect(template.spec.volumes).toContainEqual({
        name: 'data',
        persistentVolumeClaim: { claimName: claim.metadata.name },
      });
      expect(renderOf('sqlite').map(({ kind }) => kind)).not.toContain('PodDisruptionBudget');
    });

    it('takes a claim that exists, or none', () => {
      const existing = renderWith(['persistence.existingClaim=mine']);
      expect(existing.map(({ kind }) => kind)).not.toContain('PersistentVolumeClaim');
      expect(JSON.stringify(existing)).toContain('"claimName":"mine"');
      const none = renderWith(['persistence.enabled=false']);
      expect(none.map(({ kind }) => kind)).not.toContain('PersistentVolumeClaim');
      expect(deploymentOf(none).template.spec.volumes).toContainEqual({ name: 'data', emptyDir: {} });
    });
  });

  describe('over Postgres', () => {
    it('has no volume, replaces replicas one by one, spreads them, and lets one go at a time', () => {
      const { strategy, template, replicas } = deploymentOf(renderOf('ha'));
      expect(strategy).toEqual({ type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } });
      expect(replicas).toBe(3);
      expect(template.spec.volumes?.map(({ name }) => name)).toEqual(['tmp']);
      expect(template.spec.topologySpreadConstraints).toHaveLength(2);
      expect(theOne(renderOf('ha'), 'PodDisruptionBudget').spec).toMatchObject({ maxUnavailable: 1 });
      expect(renderOf('ha').map(({ kind }) => kind)).not.toContain('Secret');
    });

    it.each(['ENCRYPTION_KEY', 'uri', 'REDIS_URL'])('does not start where the Secret lacks %s', (missing) => {
      const lacking = { ...SECRETS['amq-gateway-secrets'], [missing]: undefined };
      const secret = Object.fromEntries(
        Object.entries(lacking).flatMap(([key, value]) => (value ? [[key, value]] : [])),
      );
      const start = () => environmentOf(renderOf('ha'), gatewayOf(renderOf('ha')), { 'amq-gateway-secrets': secret });
      expect(start).toThrow(missing);
    });

    it('leaves the number of replicas to the autoscaler where there is one', () => {
      expect(deploymentOf(renderOf('everything')).replicas).toBeUndefined();
      expect(theOne(renderOf('everything'), 'HorizontalPodAutoscaler').spec).toMatchObject({
        scaleTargetRef: { kind: 'Deployment', name: theOne(renderOf('everything'), 'Deployment').metadata.name },
        minReplicas: 3,
        maxReplicas: 12,
      });
    });
  });

  describe('settings', () => {
    it('arrive as the service reads them: lists, maps, large numbers, shares', () => {
      const { settings, accounts } = readConfiguration(
        environmentOf(renderOf('everything'), gatewayOf(renderOf('everything')), { 'more-accounts': {} }),
      );
      expect(settings).toMatchObject({
        TRUSTED_PROXIES: ['10.0.0.0/8', 'fd00::/8'],
        MODEL_ALIASES: { 'gpt-4o': 'claude-sonnet-4.5', 'gpt-*': 'claude-haiku-4.5' },
        CIRCUIT_BREAKER_ENABLED: false,
        STORED_RESPONSES_TTL: 315_360_000,
        OTEL_TRACES_SAMPLER_ARG: 0.05,
        MAX_BODY_SIZE: 48 * 1024 ** 2,
        HOST: '::',
      });
      expect(accounts).toHaveLength(1);
    });

    it('of null are those of the service, and the pod has as long as they say', () => {
      const objects = renderWith(['config.SHUTDOWN_DELAY=null', 'config.SHUTDOWN_GRACE=null']);
      const { settings } = readConfiguration(environmentOf(objects, gatewayOf(objects)));
      expect([settings.SHUTDOWN_DELAY, settings.SHUTDOWN_GRACE]).toEqual([0, 30]);
      expect(deploymentOf(objects).template.spec.terminationGracePeriodSeconds).toBe(45);
    });

    it('and secrets that change make new pods; a new version of the chart alone does not', () => {
      const annotationsOf = (settings: string[]) => deploymentOf(renderWith(settings)).template.metadata.annotations;
      const before = annotationsOf([]);
      expect(annotationsOf([])).toEqual(before);
      expect(annotationsOf(['config.LOG_LEVEL=debug'])).not.toEqual(before);
      expect(annotationsOf(['secrets.adminApiKey=0123456789abcdef'])).not.toEqual(before);
      const { labels } = deploymentOf(renderWith([])).template.metadata;
      expect(Object.keys(labels)).not.toContain('helm.sh/chart');
    });
  });

  it('leaves out the ids of user and group on OpenShift, which chooses its own', () => {
    for (const { spec } of podsOf(renderWith([], ['--api-versions', 'security.openshift.io/v1']))) {
      expect(spec.securityContext).toMatchObject({ runAsNonRoot: true });
      for (const id of ['runAsUser', 'runAsGroup', 'fsGroup']) expect(spec.securityContext).not.toHaveProperty(id);
    }
  });

  it.each([
    ['0.0.0.0', 'service.ipFamilies={IPv4}'],
    ['0.0.0.0', 'service.ipFamilyPolicy=SingleStack'],
    ['::', 'service.ipFamilies={IPv6}'],
    ['::', 'service.ipFamilyPolicy=RequireDualStack'],
    ['::', 'service.ipFamilyPolicy=PreferDualStack,service.ipFamilies={IPv4}'],
  ])('listens on %s with %s', (host, settings) => {
    const objects = renderWith([settings]);
    expect(environmentOf(objects, gatewayOf(objects)).HOST).toBe(host);
  });

  it('gives each object its labels once: its own win over those of all', () => {
    const objects = renderValues(
      [
        'commonLabels: { release: all, team: one }',
        'podLabels: { release: pods }',
        'serviceMonitor: { enabled: true, labels: { release: monitoring } }',
        'dashboard: { enabled: true, labels: null }',
      ].join('\n'),
    );
    expect(deploymentOf(objects).template.metadata.labels).toMatchObject({ release: 'pods', team: 'one' });
    expect(theOne(objects, 'ServiceMonitor').metadata.labels).toMatchObject({ release: 'monitoring', team: 'one' });
    expect(theOne(objects, 'Deployment').metadata.labels).toMatchObject({ release: 'all' });
  });

  it('fits into a chart that switches it on and off', () => {
    expect(deploymentOf(renderWith(['enabled=true']))).toBeDefined();
  });

  it('puts everything on one port where there is no management port', () => {
    const objects = renderWith(['management.enabled=false', 'serviceMonitor.enabled=true']);
    expect(objects.filter(({ kind }) => kind === 'Service')).toHaveLength(1);
    expect(environmentOf(objects, gatewayOf(objects))).not.toHaveProperty('MANAGEMENT_PORT');
    expect(gatewayOf(objects).readinessProbe?.httpGet.port).toBe('http');
    expect(theOne(objects, 'ServiceMonitor').spec).toMatchObject({ endpoints: [{ port: 'http' }] });
  });

  it('names an image by its digest where one is given, else by tag, else by its own version', () => {
    expect(gatewayOf(renderOf('ha')).image).toMatch(/^registry\.example\.com\/team\/amq-gateway@sha256:[0-9a-f]{64}$/);
    expect(gatewayOf(renderOf('everything')).image).toBe('registry.example.com/team/amq-gateway:0.1.0-rc.1');
    const { appVersion } = parse(readFileSync(`${CHART}/Chart.yaml`, 'utf8')) as { appVersion: string };
    expect(gatewayOf(renderOf('default')).image).toBe(`amq-gateway:${appVersion}`);
  });

  it('keeps names short enough for the longest of releases', () => {
    for (const { metadata } of renderWith([`fullnameOverride=${'a'.repeat(70)}`, 'dashboard.enabled=true']))
      expect(metadata.name.length).toBeLessThanOrEqual(63);
  });

  describe('monitoring', () => {
    const alerts = () => parse(readFileSync(`${CHART}/files/alerts.yaml`, 'utf8')) as { groups: { rules: object[] }[] };

    it('has every alert rule, for the job that the scrape is called, with links that lead somewhere', () => {
      const { groups } = theOne(renderOf('everything'), 'PrometheusRule').spec as ReturnType<typeof alerts>;
      const expected = JSON.parse(
        JSON.stringify(alerts().groups)
          .replaceAll('job=\\"amq-gateway\\"', 'job=\\"gateway\\"')
          .replaceAll('docs/operations.md#', 'https://runbooks.example.com/operations.md#'),
      );
      expect(groups).toEqual(expected);
      expect(groups.flatMap(({ rules }) => rules).length).toBeGreaterThan(20);
      expect(theOne(renderOf('everything'), 'ServiceMonitor').spec).toMatchObject({
        endpoints: [{ relabelings: [{ targetLabel: 'job', replacement: 'gateway' }, { targetLabel: 'cluster' }] }],
      });
    });

    it('has the dashboard as it is, where the sidecar looks for it', () => {
      const { data, metadata } = theOne(renderOf('everything'), 'ConfigMap', 'gateway-dashboard');
      const file = readFileSync(`${CHART}/files/dashboard.json`, 'utf8');
      expect(JSON.parse(data?.['amq-gateway.json'] ?? '')).toEqual(JSON.parse(file));
      expect(metadata.labels).toMatchObject({ grafana_dashboard: '1' });
      expect(metadata.annotations).toEqual({ grafana_folder: 'Gateways' });
    });

    it('brings the key that METRICS_AUTH asks for', () => {
      expect(theOne(renderOf('everything'), 'ServiceMonitor').spec).toMatchObject({
        endpoints: [{ authorization: { credentials: { name: 'amq-gateway-metrics', key: 'key' } } }],
      });
    });
  });

  it('closes the network but for clients, monitoring, names, HTTPS, Postgres and Redis', () => {
    const { ingress, egress } = theOne(renderOf('everything'), 'NetworkPolicy').spec as {
      ingress: { ports: { port: string }[]; from: object[] }[];
      egress: { ports: { port: number }[]; to?: object[] }[];
    };
    const portsOf = (rules: { ports: { port: string | number }[] }[]) =>
      rules.map(({ ports }) => ports.map(({ port }) => port));
    expect(portsOf(ingress)).toEqual([['http'], ['management'], ['http', 'management']]);
    expect(portsOf(egress)).toEqual([[53, 53], [443], [5432], [6380], [4318]]);
    const sqlite = theOne(renderWith(['networkPolicy.enabled=true']), 'NetworkPolicy').spec;
    expect(portsOf((sqlite as { egress: typeof egress }).egress)).toEqual([[53, 53], [443]]);
    expect(sqlite).toMatchObject({ ingress: [{}, { from: [{ podSelector: {} }] }, {}] });
  });

  describe('lets the gateway out', () => {
    const egressOf = (settings: readonly string[], args: readonly string[] = []) => {
      const policy = theOne(renderWith(['networkPolicy.enabled=true', ...settings], args), 'NetworkPolicy');
      const { egress } = policy.spec as { egress: { ports: { port: number }[]; to?: object[] }[] };
      return egress.map(({ ports, to }) => ({ ports: [...new Set(ports.map(({ port }) => port))], to }));
    };

    it.each([
      ['the usual ones', [...POSTGRES, REDIS], [5432, 6379]],
      [
        'those in the URLs',
        [
          ...POSTGRES,
          'secrets.databaseUrl=postgresql://u:1@[fd00::1]:7000/x',
          'secrets.redisUrl=rediss://:secret@r:6380/1',
        ],
        [7000, 6380],
      ],
      ['those that are said', [...POSTGRES, 'networkPolicy.egress.postgresPort=6432'], [6432]],
    ])('to the ports of Postgres and Redis: %s', (_, settings, ports) => {
      expect(egressOf(settings).map((rule) => rule.ports)).toEqual([[53], [443], ...ports.map((port) => [port])]);
    });

    it('to the port on which OpenShift answers for names', () => {
      expect(egressOf([], ['--api-versions', 'security.openshift.io/v1'])[0]?.ports).toEqual([53, 5353]);
    });

    it('nowhere, and not everywhere, where nothing is named', () => {
      const none = ['--set-json', 'networkPolicy.egress.https=[]', '--set-json', 'networkPolicy.egress.dns=[]'];
      const extra = 'networkPolicy.egress.extra=[{"ports":[{"port":443}],"to":[{"podSelector":{}}]}]';
      expect(egressOf([], [...none, '--set-json', extra])).toEqual([{ ports: [443], to: [{ podSelector: {} }] }]);
    });
  });

  it('tells what to do next, and no secret', () => {
    // `helm template` leaves the notes out, and `helm install` wants a cluster.
    const chart = join(folder, 'chart');
    cpSync(CHART, chart, { recursive: true });
    renameSync(join(chart, 'templates/NOTES.txt'), join(chart, 'files/notes.txt'));
    writeFileSync(
      join(chart, 'templates/notes.yaml'),
      'kind: Notes\nmetadata: { name: notes }\ndata:\n  text: {{ tpl (.Files.Get "files/notes.txt") . | quote }}\n',
    );
    const notes = (settings: string[] = [], args: string[] = []) => {
      const set = settings.flatMap((each) => ['--set', each]);
      return theOne(parseObjects(renderText(helm, valuesOf('default'), [...set, ...args], chart)), 'Notes').data?.text;
    };
    expect(notes()).toContain("logs deployment/gateway-test-amq-gateway | grep 'Admin key'");
    expect(notes(['persistence.enabled=false'])).toContain('WARNING');
    expect(notes(['secrets.adminApiKey=0123456789abcdef'])).not.toContain('0123456789abcdef');
    const metrics = '/metrics wants a key';
    expect(notes(['config.METRICS_AUTH=true'])).toContain(metrics);
    expect(notes([], ['--set-string', 'config.METRICS_AUTH=false'])).not.toContain(metrics);
    const monitored = ['networkPolicy.enabled=true', 'serviceMonitor.enabled=true'];
    expect(notes(monitored)).toContain('name it in networkPolicy.ingress.managementFrom');
    expect(notes([...monitored, 'networkPolicy.ingress.managementFrom[0].podSelector.a=b'])).not.toContain('kept out');
  });

  describe('a value that is not right', () => {
    it.each([
      ['replicaCount=2', 'replicaCount: an SQLite file has one replica'],
      ['autoscaling.enabled=true', 'autoscaling.enabled: an SQLite file has one replica'],
      ['secrets.databaseUrl=postgres://x', 'secrets.databaseUrl: not used with SQLite'],
      ['database.type=postgres', 'secrets.databaseUrl: required with Postgres'],
      ['database.type=postgres', 'secrets.encryptionKey: required with Postgres (make one with `openssl rand'],
      ['database.type=mysql', "'/database/type': value must be one of 'sqlite', 'postgres'"],
      [`${[...POSTGRES, 'replicaCount=2'].join(',')}`, 'secrets.redisUrl: required with several replicas'],
      [`${[...POSTGRES, 'autoscaling.enabled=true'].join(',')}`, 'secrets.redisUrl: required with several replicas'],
      [
        [...POSTGRES, REDIS, 'autoscaling.enabled=true', 'autoscaling.minReplicas=9'].join(','),
        'autoscaling.minReplicas: more than maxReplicas',
      ],
      ['secrets.existingSecret=a,secrets.adminApiKey=0123456789abcdef', 'which one counts?'],
      ['secrets.encryptionKey=hunter2', 'secrets.encryptionKey: has to be 32 bytes'],
      ['secrets.adminApiKey=hunter2', 'secrets.adminApiKey: has to be 16 to 256 characters'],
      ['secrets.redisUrl=hunter2', 'secrets.redisUrl: has to be a URL that begins with redis://'],
      ['ingress.enabled=true', 'ingress.hosts: at least one'],
      ['config.METRICS_AUTH=true,serviceMonitor.enabled=true', 'serviceMonitor.authorization.secretName: required'],
      ['extraEnv[0].name=SHUTDOWN_GRACE', "extraEnv: SHUTDOWN_GRACE is the chart's"],
      ['config.LOG_LEVL=debug', "'/config': additional properties 'LOG_LEVL' not allowed"],
      ['config.PORT=1', "'/config': additional properties 'PORT' not allowed"],
      ['config.LOG_LEVEL=loud', "'/config/LOG_LEVEL': value must be one of"],
      ['config.MAX_ATTEMPTS=99', "'/config/MAX_ATTEMPTS': maximum: got 99, want 10"],
      ['config.MAX_BODY_SIZE=32', "'/config/MAX_BODY_SIZE': got number, want null or string"],
      [
        'secrets.environment.ADMIN_API_KEY=x',
        "'/secrets/environment': additional properties 'ADMIN_API_KEY' not allowed",
      ],
      ['image.digest=latest', "'/image/digest'"],
      ['persistence.size=lots', "'/persistence/size'"],
      ['podDisruptionBudget.maxUnavailable=0', "'/podDisruptionBudget/maxUnavailable'"],
      ['replicas=2', "additional properties 'replicas' not allowed"],
      ['service.ipFamilies={IPv5}', "'/service/ipFamilies/0'"],
      ['commonLabels.team=my team', "'/commonLabels/team'"],
      ['config=null', "missing property 'config'"],
      ['networkPolicy.egress=null', "'/networkPolicy': missing property 'egress'"],
      [
        [...POSTGRES, REDIS, 'autoscaling.enabled=true', 'resources.requests.cpu=null'].join(','),
        'resources.requests.cpu: required with autoscaling.enabled',
      ],
      ['podLabels.app\\.kubernetes\\.io/component=x', "podLabels: app.kubernetes.io/component is the chart's"],
      ['commonLabels.helm\\.sh/chart=x', "commonLabels: helm.sh/chart is the chart's"],
    ])('is refused: %s', (settings, message) => {
      const refused = refusalOf(() => renderWith([settings]));
      expect(refused).toContain(message);
      expect(refused).not.toContain('hunter2');
    });

    it.each(['1gateway', 'team.gateway'])('is refused where it is the name of a release: %s', (release) => {
      const template = ['template', release, CHART, '--kube-version', '1.34.0'];
      expect(refusalOf(() => run(helm, template))).toContain(
        `fullnameOverride: required with a release called ${release}`,
      );
      expect(run(helm, [...template, '--set', 'fullnameOverride=gateway'])).toContain('name: gateway-management');
    });

    it('is named with all others at once', () => {
      const refused = refusalOf(() =>
        renderWith(['replicaCount=2', 'ingress.enabled=true', 'autoscaling.enabled=true']),
      );
      for (const path of ['replicaCount', 'ingress.hosts', 'autoscaling.enabled'])
        expect(refused).toContain(`  ${path}: `);
    });

    it('is none where it is what YAML makes of an ordinary file', () => {
      const objects = renderValues(
        'config: { CIRCUIT_BREAKER_ENABLED: "false", TRUSTED_PROXIES: "10.0.0.1,10.0.0.2" }\n',
      );
      expect(readConfiguration(environmentOf(objects, gatewayOf(objects))).settings).toMatchObject({
        CIRCUIT_BREAKER_ENABLED: false,
        TRUSTED_PROXIES: ['10.0.0.1', '10.0.0.2'],
      });
    });
  });

  it('would be found out if it had a field that Kubernetes does not know, or one of a wrong type', () => {
    const problemsOf = schemaChecker(SCHEMAS);
    const deployment = structuredClone(theOne(renderOf('default'), 'Deployment'));
    const { template } = deployment.spec as ReturnType<typeof deploymentOf>;
    Object.assign(template.spec.containers[0] as object, { resorces: {} });
    Object.assign(deployment.spec as object, { replicas: '2' });
    expect(problemsOf(deployment).join('\n')).toContain('containers/0/resorces: there is no such field');
    expect(problemsOf(deployment).join('\n')).toContain('/spec/replicas: Instance type "string" is invalid');
    expect(problemsOf({ apiVersion: 'apps/v9', kind: 'Deployment' })).toEqual(['there is no apps/v9 Deployment']);
  });
});

/** @throws Error when nothing is refused */
function refusalOf(render: () => unknown): string {
  try {
    render();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('nothing was refused');
}
