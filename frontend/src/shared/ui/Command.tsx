import { Button, CopyButton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import styles from "./Command.module.css";

/** A request for a shell, to be copied; the token stands in the shell's own variable. */
export function Command({ path, wish }: { path: string; wish: object }) {
  const { t } = useTranslation();
  const command = [
    `curl -X POST ${window.location.origin}/api/v1${path}`,
    '-H "Authorization: Bearer $ORCHESTRA_TOKEN"',
    "-H 'Content-Type: application/json'",
    `-d '${JSON.stringify(wish)}'`,
  ].join(" \\\n  ");
  return (
    <div className={styles.command}>
      <code tabIndex={0}>{command}</code>
      <CopyButton value={command}>
        {({ copied, copy }) => (
          <Button size="compact-xs" variant="default" onClick={copy}>
            {t(copied ? "steps.copied" : "steps.copy")}
          </Button>
        )}
      </CopyButton>
    </div>
  );
}
