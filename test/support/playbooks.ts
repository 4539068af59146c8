/** Playbooks of the scenarios, as a team would write them. */

const head = (mode: 'propose' | 'auto', more = ''): string => `schema: playbook/v1
id: restart-shop
name: Restart the shop
owners: [team-shop]
triggers:
  - alert: ['alertname="ShopDown"']
    mode: ${mode}
${more}inputs:
  host: {type: host, from: alert.labels.instance}
`;

const approve = (more = ''): string => `  - id: approve
    action: approval
    with: {approvers: {roles: [responder]}${more}}
`;

const step = (id: string, action: string, more = ''): string => `  - id: ${id}
    action: ${action}
    with: {host: "\${{ inputs.host }}"}
${more}`;

const verify = `    verify:
      - {action: shop.look, with: {}, expect: "\${{ result.value == 1 }}", within: 2m, interval: 10s}
`;

/** Proposed, approved by somebody else, verified. */
export const proposed = `${head('propose')}steps:\n${approve()}${step('restart', 'shop.restart', verify)}`;

/** Approved by two. */
export const byTwo = `${head('propose')}steps:\n${approve(', min_approvals: 2')}${step('restart', 'shop.restart')}`;

/** Starts by itself, two steps. */
export const auto = `${head('auto')}steps:\n${step('restart', 'shop.restart')}${step('again', 'shop.restart')}`;

/** Starts by itself when the alert has been firing for two minutes. */
export const afterTwoMinutes = `${head('auto', '    for: 2m\n')}steps:\n${step('restart', 'shop.restart')}`;

/** Starts by itself and may not be repeated. */
export const onlyOnce = `${head('auto')}steps:\n${step('run', 'shop.exec')}`;

/** Waits, then acts. */
export const waits = `${head('auto')}steps:\n  - id: pause\n    action: wait\n    with: {for: 1m}\n${step('restart', 'shop.restart')}`;

/** Ends as soon as the alert does, before its next step. */
export const cancelsPending = `${head('propose')}on_alert_resolved: cancel_pending\nsteps:\n${approve()}${step('restart', 'shop.restart')}${step('again', 'shop.restart')}`;
