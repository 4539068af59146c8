/** What watches the shop: the scrape, the alert's rule, and the way to the webhook. */

/** The same on the scraped samples and on those of the hour before. */
export const shopLabels = { instance: 'shop-1', job: 'shop', service: 'shop' } as const;

const limit = 0.05;

/** One sample while the shop answers and few of its requests fail, none otherwise. */
export const healthyQuery = `up{job="shop"} == 1 and on (instance) shop_error_ratio{job="shop"} <= ${limit}`;

type Addresses = { readonly shopUrl: string; readonly prometheusUrl: string; readonly alertmanagerUrl: string };

export function prometheusConfig({ shopUrl, alertmanagerUrl }: Addresses) {
  const { instance, job, service } = shopLabels;
  return {
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    rule_files: ['rules.yml'],
    alerting: { alertmanagers: [{ static_configs: [{ targets: [hostOf(alertmanagerUrl)] }] }] },
    scrape_configs: [
      { job_name: job, static_configs: [{ targets: [hostOf(shopUrl)], labels: { instance, service } }] },
    ],
  };
}

export function rules({ shopUrl, prometheusUrl }: Addresses) {
  const graph = new URLSearchParams({
    'g0.expr': 'shop_error_ratio{job="shop"}',
    'g0.tab': '0',
    'g0.range_input': '1h',
  });
  const shopErrors = {
    alert: 'ShopErrors',
    expr: `shop_error_ratio{job="shop"} > ${limit}`,
    for: '2s',
    labels: { severity: 'critical', service: shopLabels.service },
    annotations: {
      // Without the value: the summary names the incident and its channel for good.
      summary: 'Customers cannot pay at the shop',
      description:
        '{{ $value | humanizePercentage }} of the requests to the shop fail: {{ $labels.instance }} answers 500. A restart is known to help.',
      runbook_url: `${shopUrl}/runbook`,
      dashboard_url: `${prometheusUrl}/graph?${graph}`,
    },
  };
  return { groups: [{ name: 'shop', rules: [shopErrors] }] };
}

export function alertmanagerConfig({ webhookUrl, webhookToken }: { webhookUrl: string; webhookToken: string }) {
  return {
    route: {
      receiver: 'tocsin',
      group_by: ['alertname', 'service'],
      group_wait: '1s',
      group_interval: '3s',
      repeat_interval: '1h',
    },
    receivers: [
      {
        name: 'tocsin',
        webhook_configs: [
          {
            url: webhookUrl,
            send_resolved: true,
            http_config: { authorization: { type: 'Bearer', credentials: webhookToken } },
          },
        ],
      },
    ],
  };
}

function hostOf(url: string): string {
  return new URL(url).host;
}
