/** A short word in the corner: what was done, or why it was not. It goes by itself; its cross has a name. */
import { type NotificationData, notifications } from "@mantine/notifications";
import i18next from "i18next";

export function notify(words: NotificationData): void {
  notifications.show({ closeButtonProps: { "aria-label": i18next.t("common.close") }, ...words });
}
