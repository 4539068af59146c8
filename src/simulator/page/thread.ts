/** The pane at the right: one message and the replies to it. */
import { app, here } from './app.ts';
import { button, byId, h, icon, showOne, showRows } from './dom.ts';
import { openThread } from './go.ts';
import { rowsOf, threadOf } from './timeline.ts';

export function drawThread(): void {
  const channel = here();
  const pane = byId('thread');
  const messages = channel && app.thread ? threadOf(app.thread) : [];
  pane.hidden = !messages.length;
  if (!channel || !messages.length) return;
  const list = byId('thread-list');
  const isLonger = list.dataset.count !== String(messages.length);
  showOne(byId('thread-head'), channel.name, () =>
    h(
      'div',
      { class: 'bar' },
      h('h1', {}, 'Thread'),
      h('p', { class: 'topic' }, `#${channel.name}`),
      button({ class: 'quiet', label: 'Close the thread', onClick: () => openThread(undefined) }, icon('close')),
    ),
  );
  showRows(list, rowsOf(messages, { channel, isInThread: true }));
  list.dataset.count = String(messages.length);
  if (isLonger) list.scrollTop = list.scrollHeight;
}
