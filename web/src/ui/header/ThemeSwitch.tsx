import { themes, type Theme } from '../../state/view-state';
import { useApp } from '../use-app';
import { useTheme } from './use-theme';

export function ThemeSwitch() {
  const { view } = useApp();
  useTheme();
  return (
    <label class="theme-switch small">
      <span class="visually-hidden">Theme</span>
      <select
        class="plain-select"
        value={view.theme.value}
        onChange={(event) => (view.theme.value = event.currentTarget.value as Theme)}
      >
        {themes.map((theme) => (
          <option key={theme} value={theme}>
            {theme === 'system' ? 'system theme' : theme}
          </option>
        ))}
      </select>
    </label>
  );
}
