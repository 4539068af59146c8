/** The registry of actions: a new one is one file and one line here. */
import type { PrometheusClient } from '../clients/prometheus.ts';
import type { SshClient } from '../clients/ssh.ts';
import { type WebClient, webClient } from '../clients/web.ts';
import type { Chat, Pager, StepAction } from '../engine/ports.ts';
import { approval } from './approval.ts';
import { ask } from './ask.ts';
import { assert } from './assert.ts';
import { httpRequest } from './http-request.ts';
import { incidentNote } from './incident-note.ts';
import { incidentSeverity } from './incident-severity.ts';
import { page } from './page.ts';
import { playbookRun } from './playbook-run.ts';
import { prometheusQuery } from './prometheus-query.ts';
import { slackMessage } from './slack-message.ts';
import { sshExec } from './ssh-exec.ts';
import { sshScript } from './ssh-script.ts';
import { sshSystemd } from './ssh-systemd.ts';
import { wait } from './wait.ts';

export interface StepDependencies {
  readonly ssh: SshClient;
  readonly prometheus: PrometheusClient;
  readonly chat: Chat;
  /** None: a page is shouted into the incident's channel. */
  readonly pagers?: readonly Pager[];
  /** Hosts that `http.request` may talk to; none unless named. */
  readonly httpAllow?: readonly string[];
  /** Instead of one that talks to those. */
  readonly web?: WebClient;
}

export const stepActions = (given: StepDependencies): readonly StepAction[] => {
  const { ssh, prometheus, chat, pagers = [], httpAllow = [], web = webClient({ allow: httpAllow }) } = given;
  return [
    approval,
    ask,
    assert,
    httpRequest(web),
    incidentNote,
    incidentSeverity,
    page({ chat, pagers }),
    playbookRun,
    prometheusQuery(prometheus),
    slackMessage(chat),
    sshExec(ssh),
    sshScript(ssh),
    sshSystemd(ssh),
    wait,
  ];
};
