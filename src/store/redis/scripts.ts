/** The scripts that Redis runs: each is one atomic step, read from `../lua` at start. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { togetherMs } from '../../domain/showing.ts';
import { absentMs, firstLookMs, longestLookMs, nearMs, rememberedMs } from '../rules.ts';

export interface Script {
  readonly name: string;
  readonly lua: string;
  readonly sha: string;
}

const source = (name: string): string => readFileSync(new URL(`../lua/${name}.lua`, import.meta.url), 'utf8');

const times = `local FIRST_LOOK, LONGEST_LOOK, REMEMBERED = ${firstLookMs}, ${longestLookMs}, ${rememberedMs}
local TOGETHER, NEAR, ABSENT = ${togetherMs}, ${nearMs}, ${absentMs}
`;
const prelude = times + source('prelude');

function script(name: string): Script {
  const lua = `${prelude}\n${source(name)}`;
  return { name, lua, sha: createHash('sha1').update(lua).digest('hex') };
}

export const scripts = {
  commit: script('commit'),
  claims: script('claims'),
  begin: script('begin'),
  extend: script('extend'),
  settle: script('settle'),
  release: script('release'),
  overdue: script('overdue'),
  holders: script('holders'),
  endClaims: script('end_claims'),
  open: script('open'),
  backlog: script('backlog'),
  take: script('take'),
  block: script('block'),
  doubt: script('doubt'),
  reach: script('reach'),
  remove: script('remove'),
  here: script('here'),
  leave: script('leave'),
  pools: script('pools'),
};
