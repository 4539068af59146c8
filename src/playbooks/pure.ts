/** Everything that decisions need of other people's making, in one value: CEL, RE2, SHA-256. */
import { createHash } from 'node:crypto';
import type { PureFunctions } from '../domain/facts.ts';
import { approvalSpec, waitMs } from '../domain/flow.ts';
import { canonical, type Json } from '../domain/json.ts';
import { render } from './expressions.ts';
import { checkInputs } from './inputs.ts';
import { matches } from './matchers.ts';

/** `hosts`: the names of the inventory. */
export const pureFunctions = ({ hosts }: { readonly hosts: readonly string[] }): PureFunctions => ({
  matches,
  render,
  digest,
  checkInputs: (specs, given) => checkInputs(specs, given, hosts),
  approvalSpec,
  waitMs,
});

export const digest = (value: Json): string => createHash('sha256').update(canonical(value)).digest('hex');
