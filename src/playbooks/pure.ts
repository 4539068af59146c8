/** Everything that decisions need of other people's making, in one value: CEL, RE2, SHA-256, cron. */
import { hash } from 'node:crypto';
import type { PureFunctions } from '../domain/facts.ts';
import { approvalSpec, askSpec, waitMs } from '../domain/flow.ts';
import { canonical, type Json } from '../domain/json.ts';
import { render } from './expressions.ts';
import { checkInputs } from './inputs.ts';
import { matches } from './matchers.ts';
import { nextAt } from './schedules.ts';
import { triggered } from './trigger-index.ts';

export interface Surroundings {
  /** Names of the inventory. */
  readonly hosts: readonly string[];
  readonly frozen?: PureFunctions['frozen'];
  /** The chat system's own addresses of messages. */
  readonly linkTo?: PureFunctions['linkTo'];
}

export const pureFunctions = ({ hosts, frozen = noCalendars, linkTo = noAddress }: Surroundings): PureFunctions => ({
  matches,
  triggered,
  render,
  digest,
  checkInputs: (specs, given) => checkInputs(specs, given, hosts),
  frozen,
  nextAt,
  linkTo,
  approvalSpec,
  askSpec,
  waitMs,
});

const noAddress: PureFunctions['linkTo'] = () => undefined;
const noCalendars: PureFunctions['frozen'] = (calendar) => ({ title: `tocsin.yml has no calendar ${calendar}` });

export const digest = (value: Json): string => hash('sha256', canonical(value));
