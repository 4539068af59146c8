/** The app's own place: its home tab, and what its manifest says about it. */
import { complaint } from './api.ts';
import { app } from './app.ts';
import { blockNodes } from './blocks.ts';
import { byId, type Child, h, icon, showOne } from './dom.ts';
import { toast } from './notices.ts';
import { surface } from './surface.ts';
import type { View } from './types.ts';

export function drawHome(): void {
  const place = byId('home');
  place.hidden = app.where.kind !== 'home';
  if (!place.hidden)
    showOne(place, [app.home, app.user, app.workspace.app], () => h('div', { class: 'home' }, tab(), about()));
}

function tab(): Child {
  const { name, home_tab } = app.workspace.app;
  if (app.home) return h('div', { class: 'home-tab' }, published(app.home));
  const why = home_tab
    ? `${name} has not published anything for you yet.`
    : `${name} has no Home tab: its manifest has it off.`;
  return h('p', { class: 'hint' }, why);
}

function published(view: View): Child {
  const used = surface({
    where: { view_id: view.id },
    onAnswer: (answer) => {
      if (!answer.ok) toast(complaint(answer), 'bad');
    },
  });
  return blockNodes(view.blocks, used);
}

function about(): Child {
  const { name, description, commands } = app.workspace.app;
  return h(
    'div',
    { class: 'about' },
    h('h2', {}, icon('bell'), name),
    h('p', {}, description),
    commands.map(({ command, description: what, usageHint }) =>
      h('div', { class: 'command' }, h('strong', {}, command), h('code', {}, usageHint), h('small', {}, what)),
    ),
  );
}
