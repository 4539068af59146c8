/** Every method of the table with the function that answers it. */
import type { Handlers } from './call.ts';
import { chat } from './chat.ts';
import { conversations } from './conversations.ts';
import { files } from './files.ts';
import { history } from './history.ts';
import { marks } from './marks.ts';
import { membership } from './membership.ts';
import { people } from './people.ts';
import { views } from './views.ts';

export const HANDLERS: Handlers = {
  ...people,
  ...conversations,
  ...membership,
  ...history,
  ...chat,
  ...views,
  ...marks,
  ...files,
};
