/** Modals on their way to a person: opened at once on what they clicked, and changed while they look. */
import type { ModalView } from '@slack/types';
import type { Api } from './api.ts';

export interface Views {
  /** Slack: within 3 s of the click, and once for each. */
  open(trigger: string, view: ModalView): Promise<void>;
  update(id: string, view: ModalView): Promise<void>;
}

/** Somebody waits for it. */
const urgency = 0;

export const createViews = (api: Api): Views => ({
  open: async (trigger_id, view) => {
    await api.call({ method: 'views.open', urgency }, (slack) => slack.views.open({ trigger_id, view }));
  },
  update: async (view_id, view) => {
    await api.call({ method: 'views.update', urgency }, (slack) => slack.views.update({ view_id, view }));
  },
});
