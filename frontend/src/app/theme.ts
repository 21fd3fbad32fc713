/** The theme: Mantine's components in our sizes. Colours are variables in styles/tokens.css. */
import { createTheme, type MantineColorScheme, type MantineColorSchemeManager, Tooltip } from "@mantine/core";

export const THEME_KEY = "orchestra.theme";

export const theme = createTheme({
  primaryColor: "blue",
  primaryShade: 6,
  respectReducedMotion: true,
  cursorType: "pointer",
  defaultRadius: 6,
  components: {
    Tooltip: Tooltip.extend({
      defaultProps: { openDelay: 200, transitionProps: { duration: 100 }, multiline: true, maw: 360 },
    }),
  },
});

function kept(): MantineColorScheme | null {
  const value = localStorage.getItem(THEME_KEY);
  return value === "dark" || value === "light" ? value : null;
}

/** Follows the system until somebody chooses; the choice is remembered. */
export function schemeManager(): MantineColorSchemeManager {
  return {
    get: (fallback) => kept() ?? fallback,
    set: (value) => localStorage.setItem(THEME_KEY, value),
    subscribe: () => undefined,
    unsubscribe: () => undefined,
    clear: () => localStorage.removeItem(THEME_KEY),
  };
}
