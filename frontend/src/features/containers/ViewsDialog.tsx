import { Button, TextInput } from "@mantine/core";
import { type SyntheticEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Dialog } from "@/shared/ui/Dialog";
import styles from "./List.module.css";
import { nameTrouble, renameView, type View, withoutView, withView } from "./views";

interface Props {
  isOpen: boolean;
  onClose: () => void;
  now: Omit<View, "name">;
  given: readonly View[];
  views: readonly View[];
  onViews: (views: readonly View[]) => void;
}

/** Saves what is shown under a name; renames and deletes what was saved. */
export function ViewsDialog(props: Props) {
  const { t } = useTranslation();
  const { isOpen, onClose, now, given, views, onViews } = props;
  const rename = (view: View, name: string): void => onViews(renameView(views, view.name, name));
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={t("views.title")} size="lg">
      <div className={styles.views}>
        <SaveForm
          {...props}
          onSave={(name) => {
            onViews(withView(views, { ...now, name }));
            onClose();
          }}
        />
        {views.length === 0 && <p className="soft">{t("views.none")}</p>}
        {views.map((view) => (
          <ViewRow
            key={view.name}
            view={view}
            trouble={(name) => nameTrouble(name, views, given, view.name)}
            onRename={(name) => rename(view, name)}
            onDelete={() => onViews(withoutView(views, view.name))}
          />
        ))}
        <p className="soft">{t("views.note")}</p>
      </div>
    </Dialog>
  );
}

function SaveForm({ now, given, views, onSave }: Props & { onSave: (name: string) => void }) {
  const { t } = useTranslation();
  const [name, setName] = useState("");
  const [wasSent, setSent] = useState(false);
  const trouble = nameTrouble(name, views, given);
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    setSent(true);
    if (trouble === null) onSave(name);
  };
  return (
    <form onSubmit={submit} className={styles.saveRow}>
      <TextInput
        size="xs"
        data-autofocus
        label={t("views.saveAs")}
        description={describe(now)}
        value={name}
        error={wasSent && trouble !== null ? t(`views.trouble.${trouble}`) : undefined}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Button size="xs" type="submit">
        {t("views.save")}
      </Button>
    </form>
  );
}

function describe({ q, sort }: Omit<View, "name">): string {
  const order = sort.startsWith("-") ? `${sort.slice(1)} ▼` : `${sort} ▲`;
  return [q, order].filter((part) => part !== "").join(" · ");
}

interface RowProps {
  view: View;
  trouble: (name: string) => ReturnType<typeof nameTrouble>;
  onRename: (name: string) => void;
  onDelete: () => void;
}

/** Enter or leaving the field renames; a name that cannot be is told and not taken. */
function ViewRow({ view, trouble, onRename, onDelete }: RowProps) {
  const { t } = useTranslation();
  const [name, setName] = useState(view.name);
  const wrong = name === view.name ? null : trouble(name);
  const finish = (): void => {
    if (name !== view.name && wrong === null) onRename(name);
  };
  return (
    <div className={styles.viewRow}>
      <TextInput
        size="xs"
        aria-label={t("views.rename", { name: view.name })}
        value={name}
        error={wrong === null ? undefined : t(`views.trouble.${wrong}`)}
        onChange={(event) => setName(event.currentTarget.value)}
        onBlur={finish}
        onKeyDown={(event) => {
          if (event.key === "Enter") finish();
        }}
      />
      <code>{describe(view)}</code>
      <Button
        size="xs"
        variant="default"
        aria-label={t("views.deleteOne", { name: view.name })}
        onClick={onDelete}
      >
        {t("views.delete")}
      </Button>
    </div>
  );
}
