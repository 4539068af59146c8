/** manifest.yml is what the code needs of Slack: its commands, its scopes, its switches, and nothing more. */
import type { App } from '@slack/bolt';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { manifestProblems } from '../../src/simulator/rules/check-manifest.ts';
import { METHODS } from '../../src/simulator/rules/methods.ts';
import { listeners, register } from '../../src/slack/listeners/index.ts';
import type { Listening } from '../../src/slack/listeners/listening.ts';
import { formView } from '../../src/slack/modals.ts';
import { nodesIn, read, sourceModules } from './support/modules.ts';

interface Manifest {
  readonly display_information: { readonly background_color: string };
  readonly features: {
    readonly bot_user: { readonly display_name: string };
    readonly slash_commands: readonly { readonly command: string; readonly should_escape: boolean }[];
  };
  readonly oauth_config: { readonly scopes: { readonly bot: readonly string[] } };
  readonly settings: {
    readonly interactivity: { readonly is_enabled: boolean };
    readonly socket_mode_enabled: boolean;
    readonly token_rotation_enabled: boolean;
  };
}

const manifest: Manifest = parse(read('manifest.yml'));
const slackModules = sourceModules().filter(({ part }) => part === 'slack');
const slackNodes = slackModules.flatMap(({ syntax }) => nodesIn(syntax));

/** `slack.conversations.create(…)` → `conversations.create`. */
const called = slackNodes.flatMap((node) => {
  const [, method] = ts.isCallExpression(node)
    ? (/^slack\.(\w+(?:\.\w+)+)$/.exec(node.expression.getText()) ?? [])
    : [];
  return method ? [method] : [];
});

/** `{ method: 'conversations.create' }`, by which a call is paced. */
const paced = slackNodes.flatMap((node) => {
  if (!ts.isPropertyAssignment(node) || node.name.getText() !== 'method') return [];
  return ts.isStringLiteral(node.initializer) && node.initializer.text.includes('.') ? [node.initializer.text] : [];
});

const unique = (some: readonly string[]): readonly string[] => [...new Set(some)].sort();

/** Any one of these will do; Tocsin opens public channels. */
function scopesOf(method: string): readonly string[] {
  const scopes = METHODS[method]?.scopes ?? [];
  return 'public' in scopes ? scopes.public : scopes;
}

/** Scopes that no method names: for being called at all, and for posting where the bot is no member. */
const extra = ['commands', ...(called.includes('chat.postMessage') ? ['chat:write.public'] : [])];

function registered() {
  const commands: string[] = [];
  const actions: RegExp[] = [];
  const views: string[] = [];
  const app = {
    command: (name: string) => void commands.push(name),
    action: (pattern: RegExp) => void actions.push(pattern),
    view: (callback: string) => void views.push(callback),
  };
  register(app as unknown as App, {} as Listening);
  return { commands, actions, views };
}

describe('what people can do', () => {
  test('the commands of the manifest are the commands that are listened to', () => {
    const { commands } = registered();
    expect(commands.length).toBeGreaterThan(0);
    expect(manifest.features.slash_commands.map(({ command }) => command).sort()).toEqual([...commands].sort());
    expect([...listeners.commands].sort()).toEqual([...commands].sort());
  });

  test('people and channels in a command come as ids, which cannot be forged', () => {
    expect(manifest.features.slash_commands.filter(({ should_escape }) => !should_escape)).toEqual([]);
  });

  test('each button has one listener, and buttons are switched on', () => {
    const { actions } = registered();
    expect(listeners.actions.length).toBeGreaterThan(0);
    const heardBy = (action: string) => actions.filter((pattern) => pattern.test(action)).length;
    expect(listeners.actions.map(heardBy)).toEqual(listeners.actions.map(() => 1));
    expect(manifest.settings.interactivity.is_enabled).toBe(true);
  });
});

test('a form that is sent is heard once, and forms need the switch of the buttons', () => {
  const does = { intent: 'approve', ref: 'run-1/a.1/abcdef' } as const;
  const { callback_id } = formView({ title: 'x', text: [], submit: 'x', fields: [], does });
  expect(registered().views).toEqual([callback_id]);
});

describe('scopes', () => {
  const granted = manifest.oauth_config.scopes.bot;

  test('every method that src/slack calls is known, and paced under its own name', () => {
    expect(called.length).toBeGreaterThan(10);
    expect(unique(called).filter((method) => !METHODS[method])).toEqual([]);
    expect(unique(paced)).toEqual(unique(called));
  });

  test('every method has a scope that allows it', () => {
    const lacking = unique(called)
      .filter((method) => scopesOf(method).length && !scopesOf(method).some((scope) => granted.includes(scope)))
      .map((method) => `${method} needs ${scopesOf(method).join(' or ')}`);
    expect(lacking, 'manifest.yml asks for the scopes of every method that src/slack calls.').toEqual([]);
    expect(extra.filter((scope) => !granted.includes(scope))).toEqual([]);
  });

  test('no scope is asked for without need', () => {
    const needed = [...called.flatMap(scopesOf), ...extra];
    const idle = granted.filter((scope) => !needed.includes(scope));
    expect(idle, 'manifest.yml asks for no scope that nothing in src/slack needs.').toEqual([]);
  });
});

describe('what Slack accepts', () => {
  test('the manifest keeps to lengths and counts', () => {
    expect(manifestProblems(parse(read('manifest.yml')))).toEqual([]);
    expect(manifest.display_information.background_color).toMatch(/^#[0-9a-f]{6}$/i);
    expect(manifest.features.bot_user.display_name).toMatch(/^[a-z0-9_.-]+$/);
  });

  test('Socket Mode is on, and tokens do not rotate, since nothing here renews them', () => {
    expect(manifest.settings.socket_mode_enabled).toBe(true);
    expect(manifest.settings.token_rotation_enabled).toBe(false);
  });
});
