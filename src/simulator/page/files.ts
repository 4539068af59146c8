/** Files that somebody picks for a form: sent at once, named by their ids when the form is. */
import { complaint, post } from './api.ts';
import { button, h, icon, showRows } from './dom.ts';
import type { Field } from './field.ts';
import type { Json, SharedFile } from './types.ts';

/** Slack: 10 files unless the element wants fewer. */
const MOST_FILES = 10;

export function pickFiles(element: Json): Field {
  const most = Number(element.max_files ?? MOST_FILES);
  const kinds = Array.isArray(element.filetypes) ? element.filetypes.map((kind) => `.${kind}`) : [];
  const input = h('input', {
    class: 'field',
    attributes: { type: 'file', accept: kinds.join() || undefined, ...(most > 1 ? { multiple: '' } : {}) },
  });
  const list = h('div', { class: 'tags' });
  const problem = h('p', { class: 'error', attributes: { role: 'alert' } });
  const node = h('div', {}, input, list, problem);
  let files: SharedFile[] = [];

  const show = () =>
    showRows(
      list,
      files.map((file) => ({
        key: file.id,
        stamp: '',
        make: () =>
          button(
            { class: 'tag', label: `Take out ${file.name}`, onClick: () => drop(file) },
            icon('file'),
            file.name,
            ' ×',
          ),
      })),
    );
  const drop = (file: SharedFile) => {
    files = files.filter((one) => one !== file);
    show();
  };
  const send = async (picked: readonly File[]) => {
    problem.textContent = files.length + picked.length > most ? `No more than ${most} may be chosen.` : '';
    input.setAttribute('aria-busy', 'true');
    for (const file of picked.slice(0, most - files.length)) {
      const answer = await post('upload', { name: file.name, base64: await base64Of(file) });
      if (answer.ok) files = [...files, answer.file as SharedFile];
      else problem.textContent = complaint(answer);
    }
    input.removeAttribute('aria-busy');
    show();
    node.dispatchEvent(new Event('change'));
  };
  input.addEventListener('change', (event) => {
    event.stopPropagation();
    const picked = [...(input.files ?? [])];
    // Chosen and sent: the same file may be picked again after it was taken out.
    input.value = '';
    void send(picked);
  });
  return { node, answer: () => ({ files: files.map(({ id }) => id) }) };
}

const base64Of = (file: File): Promise<string> =>
  new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,/, ''));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
