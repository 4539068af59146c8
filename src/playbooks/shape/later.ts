/** Actions of the language that this version does not know yet: named, never passed over in silence. */

const byFamily: Readonly<Record<string, readonly string[]>> = {
  graphite: ['query'],
  elasticsearch: ['query'],
  loki: ['query'],
  graylog: ['query'],
  datadog: ['query'],
  jaeger: ['search'],
  zipkin: ['search'],
  k8s: [
    ...['get', 'logs', 'events', 'rollout_status', 'rollout_history', 'rollout_restart', 'scale', 'rollout_undo'],
    ...['set_image', 'patch', 'delete_pod', 'cordon', 'uncordon', 'drain', 'exec', 'job'],
  ],
  consul: ['service', 'maintenance', 'kv_put', 'failover'],
  'aws.asg': ['describe', 'set_capacity', 'refresh'],
  ansible: ['playbook'],
  alertmanager: ['silence'],
  grafana: ['annotate'],
};

export const laterActions: ReadonlySet<string> = new Set(
  Object.entries(byFamily).flatMap(([family, actions]) => actions.map((action) => `${family}.${action}`)),
);
