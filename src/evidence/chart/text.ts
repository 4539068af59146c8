/** Text in a picture: escaped, measured and cut to fit. */

/** DejaVu Sans, the advance of ` ` to `~`, in thousandths of the font size: from the font's own `hmtx` table. */
const advances = [
  318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337, 636, 636, 636, 636, 636, 636, 636,
  636, 636, 636, 337, 337, 838, 838, 838, 531, 1000, 684, 686, 698, 770, 632, 575, 775, 752, 295, 295, 656, 557, 863,
  748, 787, 603, 787, 695, 635, 611, 732, 684, 989, 685, 611, 685, 390, 337, 390, 838, 500, 500, 613, 635, 550, 635,
  615, 352, 635, 634, 278, 278, 579, 278, 974, 634, 612, 635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636,
  337, 636, 838,
];
const mono = 0.602;
const boldIsWider = 1.12;

export interface Font {
  readonly size: number;
  readonly face?: 'sans' | 'bold' | 'mono';
}

export function widthOf(text: string, { size, face = 'sans' }: Font): number {
  if (face === 'mono') return [...text].length * mono * size;
  const thousandths = [...text].reduce((sum, letter) => sum + (advances[letter.charCodeAt(0) - 32] ?? 800), 0);
  return (thousandths / 1_000) * size * (face === 'bold' ? boldIsWider : 1);
}

/** Cut with `…` where it is wider. */
export function fitted(text: string, width: number, font: Font): string {
  if (widthOf(text, font) <= width) return text;
  const letters = [...text];
  while (letters.length > 1 && widthOf(`${letters.join('')}…`, font) > width)
    letters.length -= Math.max(1, Math.floor(letters.length / 20));
  return `${letters.join('').trimEnd()}…`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** For text and attributes. What XML cannot carry at all, and what turns the direction of reading, is left out. */
export const escapeXml = (text: string): string =>
  text
    .toWellFormed()
    .replace(/\s+/g, ' ')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML 1.0 forbids
    .replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufffe\uffff]/g, '')
    .replace(/[&<>"']/g, (letter) => entities[letter] ?? '');
