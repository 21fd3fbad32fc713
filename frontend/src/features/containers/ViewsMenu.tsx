import { Button, Menu } from "@mantine/core";
import { IconBookmark, IconCheck } from "@tabler/icons-react";
import { memo, useState } from "react";
import { useTranslation } from "react-i18next";
import { TYPING_MS, useBehind } from "@/shared/lib/useBehind";
import { useStable } from "@/shared/lib/useStable";
import { useViews } from "./useViews";
import { givenViews, type View, viewOf } from "./views";
import { ViewsDialog } from "./ViewsDialog";

interface Props {
  project: string;
  q: string;
  sort: string;
  onApply: (view: View) => void;
}

/** The named ways to look at the list: some are given, the others are somebody's own. */
export function ViewsMenu(props: Props) {
  // The rows go first: with what was asked a moment ago the menu is drawn as it was, which costs nothing.
  const q = useBehind(props.q, { pause_ms: TYPING_MS });
  const sort = useBehind(props.sort);
  const apply = useStable(props.onApply);
  return <DrawnMenu project={props.project} q={q} sort={sort} onApply={apply} />;
}

const DrawnMenu = memo(function DrawnMenu({ project, q, sort, onApply }: Props) {
  const { t } = useTranslation();
  const [views, saveViews] = useViews(project);
  const [isOpen, setOpen] = useState(false);
  const given = givenViews(t);
  const shown = viewOf([...given, ...views], q, sort);
  const item = (view: View): React.ReactNode => (
    <Menu.Item
      key={view.name}
      leftSection={view === shown ? <IconCheck size={14} aria-label={t("views.shown")} /> : <Gap />}
      onClick={() => onApply(view)}
    >
      {view.name}
    </Menu.Item>
  );
  return (
    <>
      <Menu position="bottom-end" width={220} withinPortal={false} withInitialFocusPlaceholder={false}>
        <Menu.Target>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconBookmark size={14} />}
            aria-label={shown ? t("views.menuShown", { name: shown.name }) : t("views.menu")}
          >
            {shown?.name ?? t("views.menu")}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {given.map(item)}
          {views.length > 0 && <Menu.Divider />}
          {views.map(item)}
          <Menu.Divider />
          <Menu.Item leftSection={<Gap />} onClick={() => setOpen(true)}>
            {t("views.edit")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <ViewsDialog
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        now={{ q: q.trim(), sort }}
        given={given}
        views={views}
        onViews={saveViews}
      />
    </>
  );
});

function Gap() {
  return <span style={{ width: 14 }} />;
}
