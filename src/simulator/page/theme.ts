/** Light or dark: as the system has it, until somebody says otherwise. */
const KEY = 'theme';

const isDark = (): boolean => {
  const chosen = localStorage.getItem(KEY);
  return chosen ? chosen === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
};

export function showTheme(): void {
  document.documentElement.dataset.theme = isDark() ? 'dark' : 'light';
  matchMedia('(prefers-color-scheme: dark)').onchange = showTheme;
}

export function toggleTheme(): void {
  localStorage.setItem(KEY, isDark() ? 'light' : 'dark');
  showTheme();
}
