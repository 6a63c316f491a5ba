/**
 * The alerts of a storm and the webhooks that bring them, with texts, labels and links as a Kubernetes cluster's Prometheus has them
 * (about 650 bytes of JSON an alert). Each alert has a label `mark` of its own, by which reading.ts finds it in what people see. Pure.
 */

/** One alert in one state. Alerts of one mark are one alert. */
export interface StormAlert {
  /** Letters, digits and dashes. */
  readonly mark: string;
  readonly name: string;
  readonly severity: 'critical' | 'warning';
  readonly status: 'firing' | 'resolved';
}

/** One webhook, and when it is posted: in milliseconds after the load begins. */
export interface StormWebhook {
  readonly atMs: number;
  /** Alertmanager's group: the namespace in which all its alerts are. */
  readonly group: string;
  readonly alerts: readonly StormAlert[];
}

/** A storm in which everything begins to fire, spread evenly over a time. */
export interface StormShape {
  readonly webhooks: number;
  readonly alertsEach: number;
  /** The last webhook is posted just before this time is over. */
  readonly withinMs: number;
  /** Every nth alert is critical; none unless told. */
  readonly criticalEvery?: number;
}

const WARNING_NAMES = [
  'KubePodCrashLooping',
  'KubePodNotReady',
  'KubeDeploymentReplicasMismatch',
  'CPUThrottlingHigh',
  'KubeContainerWaiting',
  'KubePersistentVolumeFillingUp',
  'KubeJobFailed',
  'HTTPErrorRateHigh',
] as const;
const CRITICAL_NAMES = ['KubeNodeNotReady', 'EtcdMembersDown'] as const;
const MOST_NAMESPACES = 12;

/** The webhooks of a storm, each one group with one or two alert names in it, in the order of their times. */
export function stormWebhooks({
  webhooks,
  alertsEach,
  withinMs,
  criticalEvery,
}: StormShape): readonly StormWebhook[] {
  return Array.from({ length: webhooks }, (_, index) => ({
    atMs: (withinMs / webhooks) * index,
    group: `${namespaceOf(index)}-${index}`,
    alerts: Array.from({ length: alertsEach }, (__, position): StormAlert => {
      const number = index * alertsEach + position;
      // In the middle of each stretch, so that they do not all lead their webhooks.
      const isCritical = criticalEvery !== undefined && number % criticalEvery === criticalEvery >> 1;
      return stormAlert(number, isCritical ? 'critical' : 'warning', index + (position >> 6));
    }),
  }));
}

/** One firing alert: `number` makes its mark, `kind` chooses its name. */
export function stormAlert(number: number, severity: StormAlert['severity'], kind: number): StormAlert {
  const names = severity === 'critical' ? CRITICAL_NAMES : WARNING_NAMES;
  return {
    mark: `m${String(number).padStart(6, '0')}`,
    name: names[kind % names.length] ?? names[0],
    severity,
    status: 'firing',
  };
}

/** The request body as Alertmanager would post it at this instant (milliseconds since the Unix epoch). */
export function renderWebhook({ group, alerts }: StormWebhook, at: number): string {
  const isFiring = alerts.some((alert) => alert.status === 'firing');
  return JSON.stringify({
    version: '4',
    receiver: 'notifierd',
    status: isFiring ? 'firing' : 'resolved',
    alerts: alerts.map((alert) => alertJson(alert, group, at)),
    groupLabels: { namespace: group },
    commonLabels: { cluster: 'prod-eu-1', job: 'kubelet', namespace: group },
    commonAnnotations: {},
    externalURL: 'http://alertmanager-main.monitoring.svc:9093',
    groupKey: `{}/{team="platform"}:{namespace="${group}"}`,
    truncatedAlerts: 0,
  });
}

/** When every alert of a load began, so that its states belong together: all of one day, and never in the future. */
const STARTED_AT = '2026-11-22T09:58:31.482Z';

function alertJson({ mark, name, severity, status }: StormAlert, namespace: string, at: number): object {
  const pod = `checkout-7d9f8b6c5d-${mark}`;
  const instance = `10.42.${Number(mark.slice(-4, -2)) || 0}.${Number(mark.slice(-2)) || 0}:8080`;
  const expr = `kube_pod_status{namespace="${namespace}",pod="${pod}"} >= 1`;
  return {
    status,
    labels: {
      alertname: name,
      cluster: 'prod-eu-1',
      instance,
      job: 'kubelet',
      mark,
      namespace,
      pod,
      severity,
    },
    annotations: {
      description: `Pod ${namespace}/${pod} has been in this state for longer than 15 minutes.`,
      summary: `${name} in ${namespace}`,
    },
    startsAt: STARTED_AT,
    endsAt: status === 'firing' ? '0001-01-01T00:00:00Z' : new Date(at).toISOString(),
    generatorURL: `http://prometheus-k8s-0:9090/graph?g0.expr=${encodeURIComponent(expr)}&g0.tab=1`,
    fingerprint: mark.replace(/\D/g, '').padStart(16, '0'),
  };
}

function namespaceOf(index: number): string {
  return `team-${(index % MOST_NAMESPACES) + 1}`;
}
