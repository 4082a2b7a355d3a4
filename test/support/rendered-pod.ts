import type { Rendered } from '../../scripts/helm-render.mjs';

interface KeyReference {
  name: string;
  key: string;
  optional?: boolean;
}
interface Probe {
  httpGet: { path: string; port: string };
  failureThreshold: number;
  periodSeconds: number;
}
/** What the tests look at. */
export interface Container {
  name: string;
  image: string;
  args?: string[];
  command?: string[];
  env?: { name: string; value?: string; valueFrom?: { secretKeyRef: KeyReference } }[];
  envFrom?: { configMapRef?: { name: string }; secretRef?: { name: string; optional?: boolean } }[];
  ports?: { name: string; containerPort: number }[];
  resources?: { requests?: Record<string, string>; limits?: Record<string, string> };
  securityContext?: Record<string, unknown>;
  volumeMounts?: { name: string; mountPath: string }[];
  startupProbe?: Probe;
  livenessProbe?: Probe;
  readinessProbe?: Probe;
}
export interface PodSpec {
  containers: Container[];
  initContainers?: Container[];
  volumes?: { name: string; emptyDir?: object; persistentVolumeClaim?: { claimName: string } }[];
  securityContext: Record<string, unknown>;
  automountServiceAccountToken?: boolean;
  enableServiceLinks?: boolean;
  serviceAccountName?: string;
  terminationGracePeriodSeconds?: number;
  topologySpreadConstraints?: unknown[];
}
export interface Deployment {
  replicas?: number;
  strategy: { type: string };
  selector: { matchLabels: Record<string, string> };
  template: {
    metadata: { labels: Record<string, string>; annotations: Record<string, string> };
    spec: PodSpec;
  };
}

/** @throws Error when there is none, or several */
export function theOne(objects: readonly Rendered[], kind: string, name?: string): Rendered {
  const found = objects.filter(
    (object) => object.kind === kind && (name === undefined || object.metadata.name === name),
  );
  const [only] = found;
  if (!only || found.length > 1) throw new Error(`${found.length} of ${kind} ${name ?? ''}`);
  return only;
}

export function deploymentOf(objects: readonly Rendered[]): Deployment {
  return theOne(objects, 'Deployment').spec as Deployment;
}

/** Every pod of a render: of the Deployment, and of the test. */
export function podsOf(
  objects: readonly Rendered[],
): { name: string; labels: Record<string, string>; spec: PodSpec }[] {
  return objects.flatMap(({ kind, metadata, spec }) => {
    if (kind === 'Pod') return [{ name: metadata.name, labels: metadata.labels ?? {}, spec: spec as PodSpec }];
    if (kind !== 'Deployment') return [];
    const { template } = spec as Deployment;
    return [{ name: metadata.name, labels: template.metadata.labels, spec: template.spec }];
  });
}

/**
 * The variables a container would see.
 * @param secrets by name: those that are made outside of the chart
 * @throws Error where the container would not start, as something it refers to is not there
 */
export function environmentOf(
  objects: readonly Rendered[],
  container: Container,
  secrets: Record<string, Record<string, string>> = {},
): Record<string, string> {
  const environment: Record<string, string> = {};
  const secretNamed = (name: string) =>
    secrets[name] ?? objects.find((object) => object.kind === 'Secret' && object.metadata.name === name)?.stringData;
  for (const { configMapRef, secretRef } of container.envFrom ?? []) {
    if (configMapRef) Object.assign(environment, theOne(objects, 'ConfigMap', configMapRef.name).data);
    if (!secretRef) continue;
    const secret = secretNamed(secretRef.name);
    if (!secret && !secretRef.optional) throw new Error(`there is no Secret ${secretRef.name}`);
    Object.assign(environment, secret);
  }
  for (const { name, value, valueFrom } of container.env ?? []) {
    if (!valueFrom) {
      environment[name] = value ?? '';
      continue;
    }
    const { name: secretName, key, optional } = valueFrom.secretKeyRef;
    const secret = secretNamed(secretName)?.[key];
    if (secret !== undefined) environment[name] = secret;
    else if (!optional) throw new Error(`the Secret ${secretName} has no ${key}`);
  }
  return environment;
}
