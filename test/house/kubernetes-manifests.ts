/**
 * deploy/kubernetes as its tests read it: the manifests with as much of Kubernetes' types as is looked at there
 * (https://kubernetes.io/docs/reference/kubernetes-api/). All are our own files: what is missing shows as `undefined` and fails a test.
 */
import { parseDocument } from 'yaml';
import { readTree } from './source-tree.ts';

/** What every object of Kubernetes has. */
export interface Manifest<Spec = unknown> {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec: Spec;
}

/** Labels by name. */
export type Labels = Readonly<Record<string, string>>;

/** Which Pods are meant. */
export interface Selector {
  readonly matchLabels: Labels;
}

/** deployment.yaml */
export interface DeploymentSpec {
  readonly replicas: number;
  readonly selector: Selector;
  readonly strategy: {
    readonly rollingUpdate: { readonly maxSurge: number; readonly maxUnavailable: number };
  };
  readonly template: {
    readonly metadata: { readonly labels: Labels; readonly annotations: Labels };
    readonly spec: PodSpec;
  };
}

/** What runs in a replica. */
export interface PodSpec {
  readonly terminationGracePeriodSeconds: number;
  readonly topologySpreadConstraints: readonly { readonly labelSelector: Selector }[];
  readonly containers: readonly Container[];
  readonly volumes: readonly Volume[];
}

/** notifierd's own. */
export interface Container {
  readonly image: string;
  readonly args: readonly string[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly readinessProbe: Probe;
  readonly startupProbe: Probe;
  readonly livenessProbe: Probe;
  readonly lifecycle: { readonly preStop: { readonly exec: { readonly command: readonly string[] } } };
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
}

/** What is asked of it. */
export interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
}

/** Files that it finds. */
export interface Volume {
  readonly name: string;
  readonly configMap?: { readonly name: string };
  readonly secret?: { readonly secretName: string };
}

/** kustomization.yaml */
export interface Kustomization {
  readonly resources: readonly string[];
  readonly configMapGenerator: readonly { readonly name: string; readonly files: readonly string[] }[];
  readonly images: readonly { readonly name: string; readonly newTag: string }[];
}

/** Where they all are. */
export const FOLDER = 'deploy/kubernetes';

/** The names of the files there. */
export function fileNames(): readonly string[] {
  return readTree(FOLDER).map(({ path }) => path.slice(FOLDER.length + 1));
}

/** The text of one of them. Throws if it is not there. */
export function textOf(name: string): string {
  const file = readTree(FOLDER).find(({ path }) => path === `${FOLDER}/${name}`);
  if (file === undefined) throw new Error(`there is no ${FOLDER}/${name}`);
  return file.text;
}

/** One of them, parsed: of the shape that the caller says. Throws for what is not YAML, a key given twice included. */
export function parsed<Shape>(name: string): Shape {
  const document = parseDocument(textOf(name));
  const [fault] = document.errors;
  if (fault !== undefined) throw fault;
  return document.toJS() as Shape; // see the head of this file
}
