/** Messages without a mouse: up and down walk from one to the next, right and left among what can be done with it. */
const MESSAGE = '.message';
const TOOL = '.toolbar button';

/** The tools of each message are no stops of the Tab key: fifty messages would be 250 of them. */
export function walkByArrows(list: HTMLElement): void {
  list.tabIndex = 0;
  list.addEventListener('keydown', (event) => {
    const { key, target } = event;
    if (!(target instanceof HTMLElement) || target.matches('input, textarea, select')) return;
    const next = nextOf(list, target, key);
    if (!next) return;
    event.preventDefault();
    event.stopPropagation();
    next.focus();
    next.closest(MESSAGE)?.scrollIntoView({ block: 'nearest' });
  });
}

function nextOf(list: HTMLElement, from: HTMLElement, key: string): HTMLElement | undefined {
  const message = from.closest<HTMLElement>(MESSAGE) ?? undefined;
  if (key === 'ArrowDown' || key === 'ArrowUp') return beside(rowsOf(list), message, key === 'ArrowDown');
  if (!message || !(from === message || from.matches(TOOL))) return undefined;
  const tools = [...message.querySelectorAll<HTMLElement>(TOOL)];
  if (key === 'ArrowRight' || key === 'ArrowLeft') return beside(tools, from, key === 'ArrowRight');
  return key === 'Escape' && from !== message ? message : undefined;
}

const rowsOf = (list: HTMLElement): HTMLElement[] => [...list.querySelectorAll<HTMLElement>(MESSAGE)];

/** From outside, forward means the first and back the last. */
function beside(all: readonly HTMLElement[], from: HTMLElement | undefined, isForward: boolean) {
  const at = from ? all.indexOf(from) : -1;
  if (at === -1) return isForward ? all[0] : all.at(-1);
  return all[at + (isForward ? 1 : -1)];
}
